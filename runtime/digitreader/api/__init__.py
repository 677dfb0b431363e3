"""What a Python program reads with: functions, `Reader`, every form of picture, and pages that show themselves."""
