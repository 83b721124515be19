"""The few words of a derivation, in each language. Adding a language means adding a table.

Words stand around formulas, which alone are read: no language is better read than another.
"""

from __future__ import annotations

from collections.abc import Mapping

Phrases = Mapping[str, str]

ENGLISH: Phrases = {
    "title one": "The gradients of one layer",
    "title": "The gradients of a network of {depth} layers",
    "network": "The network",
    "gradients": "The gradients",
    "layer": "Layer {number}",
    "input": "The input",
    "and": "and",
    "let": "Let {what}.",
    "for": "for",
    "if": "if",
    "otherwise": "otherwise",
    "every layer": "The activation",
    "hidden layers": "The activation of the hidden layers",
    "last layer": "The activation of the last layer",
    "activation": "{whose}, which acts on each entry of an array, is",
    "unknown activation": "{whose} is a differentiable function {function},"
    " which acts on each entry of an array.",
    "identity": "{whose} is the identity, which changes nothing.",
    "softmax": "{whose} is softmax, which makes of the entries of a vector positive numbers"
    " with the sum 1.",
    "by entries": "Entry by entry, this is",
    "entry": "The entry of {array} in row {row} and column {column} is {entry}.",
    "whole arrays": "Written for whole arrays, this is",
    "derivative": "and its derivative is",
    "data": "The input is {input} and the target is {target}.{sums} The parameters are",
    "sums": "The entries of the target have the sum 1: {equation}.",
    "batch sums": "The entries of each target have the sum 1: {equation} for every row {row}.",
    "batch data": "The rows of {input} are examples, and those of {target} their targets.{sums}"
    " The column of {count} ones is {ones}. The parameters are",
    "forward": "Each layer is an affine map and then the activation:",
    "loss": "The loss compares the output with the target:",
    "batch loss": "The loss is the mean of the losses of the examples:",
    "backwards": "The derivative of the loss by what enters an activation is the error of that"
    " layer. Errors are found from the last layer back to the first; the gradients of the"
    " parameters of a layer follow from its error.",
    "expanded": "The layers are walked backwards, and every gradient is written out in full.",
    "indicator": "The indicator {indicator} is 1 where {equation}, and 0 elsewhere.",
    "loss entries": "Entry by entry, the derivative of the loss by the output is",
    "chain": "chain rule through ${through}$",
    "loss rule": "definition of $L$",
    "activation rule": "activation on each entry",
    "affine": "affine map",
    "contracted": "sums carried out",
    "inserted": "from above",
    "slope": "derivative of the activation",
    "target": "sum of the target",
}

FRENCH: Phrases = {
    "title one": "Les gradients d'une couche",
    "title": "Les gradients d'un réseau à {depth} couches",
    "network": "Le réseau",
    "gradients": "Les gradients",
    "layer": "Couche {number}",
    "input": "L'entrée",
    "and": "et",
    "let": "Soit {what}.",
    "for": "pour",
    "if": "si",
    "otherwise": "sinon",
    "every layer": "L'activation",
    "hidden layers": "L'activation des couches cachées",
    "last layer": "L'activation de la dernière couche",
    "activation": "{whose}, qui agit sur chaque coefficient d'un tableau, est",
    "unknown activation": "{whose} est une fonction dérivable {function},"
    " qui agit sur chaque coefficient d'un tableau.",
    "identity": "{whose} est l'identité, qui ne change rien.",
    "softmax": "{whose} est softmax, qui fait des coefficients d'un vecteur des nombres"
    " positifs de somme 1.",
    "by entries": "Coefficient par coefficient, cela donne",
    "entry": "Le coefficient de {array} à la ligne {row} et à la colonne {column} est {entry}.",
    "whole arrays": "Pour les tableaux entiers, cela donne",
    "derivative": "et sa dérivée est",
    "data": "L'entrée est {input} et la cible est {target}.{sums} Les paramètres sont",
    "sums": "La somme des coefficients de la cible est 1 : {equation}.",
    "batch sums": "La somme des coefficients de chaque cible est 1 : {equation} pour tout {row}.",
    "batch data": "Les lignes de {input} sont des exemples, celles de {target} leurs"
    " cibles.{sums} La colonne de {count} uns est {ones}. Les paramètres sont",
    "forward": "Chaque couche est une application affine suivie de l'activation :",
    "loss": "Le coût compare la sortie à la cible :",
    "batch loss": "Le coût est la moyenne des coûts des exemples :",
    "backwards": "La dérivée du coût par rapport à ce qui entre dans une activation est l'erreur"
    " de cette couche. On obtient les erreurs de la dernière couche à la première ; les"
    " gradients des paramètres d'une couche découlent de son erreur.",
    "expanded": "On parcourt les couches à rebours, et chaque gradient est écrit en entier.",
    "indicator": "L'indicatrice {indicator} vaut 1 où {equation}, et 0 ailleurs.",
    "loss entries": "Coefficient par coefficient, la dérivée du coût par rapport à la sortie est",
    "chain": "règle de la chaîne par ${through}$",
    "loss rule": "définition de $L$",
    "activation rule": "activation par coefficient",
    "affine": "application affine",
    "contracted": "sommes effectuées",
    "inserted": "d'après ce qui précède",
    "slope": "dérivée de l'activation",
    "target": "somme de la cible",
}

LANGUAGES: dict[str, Phrases] = {"en": ENGLISH, "fr": FRENCH}
"""By the code of the language."""
