"""Setup: the configuration file, the systemd service, and the doctor.

`config_file.py` finds and reads the file, `service/` writes the unit, `doctor/report.py` has all checks.
"""
