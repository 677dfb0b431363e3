"""The export of the network that finds digits: conversion, measuring, its card, and a comparison of its variants."""
