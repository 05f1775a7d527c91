"""Storage: instances and data elements across all apps."""
