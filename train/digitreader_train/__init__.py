"""The workstation's half of digitreader: learns the weights of the network with Keras."""
