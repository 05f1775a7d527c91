"""Where bytes can lie: one module per backend, each with the face of ``BlobStore``.

Only ``data_elements/blobs.py`` calls them; which one it is, a setting says, and no
other is imported: the libraries of S3 and Azure are large.
"""
