"""Classifier comparison: neural network and scikit-learn.

Six classifiers on four data sets of the plane, 300 points each, and the share of 2,500 new ones
that they get right. The share that no other exceeds is bold.
"""

from pathlib import Path

from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.svm import SVC

from trainfcnn import FCNNClassifier, compare_models, make_dataset

models = {
    "trainfcnn": FCNNClassifier(dims=[32, 32], epochs=1000, random_state=0),
    "MLPClassifier": MLPClassifier((32, 32), max_iter=1000, random_state=0),
    "SVM (RBF)": SVC(),
    "nearest 5": KNeighborsClassifier(),
    "forest": RandomForestClassifier(50, random_state=0),
    "logistic": LogisticRegression(),
}
names = ["xor", "circles", "moons", "spiral"]
datasets = [make_dataset(name, 300, noise=0.1) for name in names]
figure = compare_models(models, datasets)
figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)
