"""The schema's numbers by name: operators that a small network may hold, types, fused activations, paddings."""

from __future__ import annotations

OPERATORS = {
    0: "ADD",
    2: "CONCATENATION",
    3: "CONV_2D",
    4: "DEPTHWISE_CONV_2D",
    5: "DEPTH_TO_SPACE",
    6: "DEQUANTIZE",
    9: "FULLY_CONNECTED",
    14: "LOGISTIC",
    17: "MAX_POOL_2D",
    18: "MUL",
    19: "RELU",
    20: "RELU_N1_TO_1",
    21: "RELU6",
    22: "RESHAPE",
    25: "SOFTMAX",
    28: "TANH",
    32: "CUSTOM",
    34: "PAD",
    39: "TRANSPOSE",
    40: "MEAN",
    41: "SUB",
    42: "DIV",
    43: "SQUEEZE",
    45: "STRIDED_SLICE",
    47: "EXP",
    53: "CAST",
    54: "PRELU",
    55: "MAXIMUM",
    57: "MINIMUM",
    70: "EXPAND_DIMS",
    77: "SHAPE",
    83: "PACK",
    97: "RESIZE_NEAREST_NEIGHBOR",
    98: "LEAKY_RELU",
    111: "ELU",
    114: "QUANTIZE",
    117: "HARD_SWISH",
    124: "DENSIFY",
    126: "BATCH_MATMUL",
    150: "GELU",
    152: "RELU_0_TO_1",
}

ADD, CONCATENATION, CONV_2D, DEPTH_TO_SPACE, FULLY_CONNECTED, MAX_POOL_2D, SOFTMAX = 0, 2, 3, 5, 9, 17, 25

ACTIVATIONS = ("NONE", "RELU", "RELU_N1_TO_1", "RELU6", "TANH", "SIGN_BIT")

PADDINGS = ("SAME", "VALID")

ARRAY_TYPES = {
    0: "float32",
    1: "float16",
    2: "int32",
    3: "uint8",
    4: "int64",
    6: "bool",
    7: "int16",
    8: "complex64",
    9: "int8",
    10: "float64",
    11: "complex128",
    12: "uint64",
    15: "uint32",
    16: "uint16",
}
"""Types that NumPy has as well, by its names."""

OTHER_TYPES = {5: "string", 13: "resource", 14: "variant", 17: "int4", 18: "bfloat16", 19: "int2", 20: "uint4"}
