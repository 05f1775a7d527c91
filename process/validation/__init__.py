"""What must hold of an instance in its task, and what is told of what does not.

``validators.py`` says what a validator is and is shown, ``order.py`` which there are
and in what order, ``run.py`` runs them; each other module has the validators of one
family. A validator reads and never writes.
"""
