"""`make mutants`: how many small errors in the code the tests notice."""
