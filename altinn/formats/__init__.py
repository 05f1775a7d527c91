"""How the admin writes dates and times; set as FORMAT_MODULE_PATH."""
