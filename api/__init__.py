"""The faces: the only rooms that speak HTTP. They translate and never decide.

``application`` is the app owner's API per app, ``platform`` the storage API across
apps; neither knows the other. What both need (authentication, permissions, problems,
links, serializers) lies beside them. Imports every room below.
"""
