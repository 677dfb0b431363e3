"""Words of several languages, as people print and write them beside digits."""

from __future__ import annotations

import numpy as np

_WORDS = """
about after again almost along amount animal answer apple area around ask away back balance bank battery become before
begin below best better birth black block blood board body book both bottom box boy bread bring brother build bus call
camera card carry case catch cause cell centre change check child choice city class clean clear clock close cloud code
cold colour come company copy corner cost could country course cover cross customer date day deep delivery department
description design desk did different digit dinner discount do dog door down draw drink drive dry due each early earth
east easy eat edge eight else email empty end energy engine enough enter equal even every example exam eye face family
far farm fast father feet few field file fill final find fire first fish five floor flow fly follow food foot for
force form four free fresh friday from front fruit full game gas give glass go gold grade grand great green ground
group grow half hall hand happy hard have head hear heat heavy height help here high hill hold home hope horse hot
hour house how hundred ice idea if inch index inside invoice is island item job join juice jump just keep key kind
king knife know lake lamp land large last late law lead learn leave left leg less level life lift light like line list
little live local lock long look loss lot love low lunch made mail main make man many map mark market mass may meal
mean meat meter middle might mile milk mind minute mix model money month moon more most mother mount move much name
near neck need next nice night nine no noise north nose not note notes now number oak object off office often oil old
on one only open order other our out oven own oxygen page pain pair part pass pay pen people phone photo piece pizza
place plan plant play please point pool poor pot power price print problem product pull push quality quantity question
quiet radio rain rate read ready real receipt red rest rice right ring river road rock roll room root rose round rule
run sale salt same sand saturday save say scale sea seat second see seed seem sell send set seven shall shape she ship
shoe shop short show side sign silver since sing sister sit six size skin sky sleep slow small snow so soft soil some
song soon sort sound south space speed spell spring square stand star start stay step still stock stone stop store
story subtotal such sugar sum sun sunday sure table take talk tall tax tea team tell ten test than thank that then
there these thing third this three thursday time title to today together tone too tool top total touch town track
trade train tree trip truck true try tuesday turn two type under unit until up use value very view visit voice voltage
volume wait walk wall want war warm wash watch water way we wear week weight well west what wheel when where which
while white who whole why wide wild wind wish with woman wood word work world would yard year yes you young your zero
zone aber alle auch auf aus bahn bei bis blau brot buch das dein der die durch ein essen fest frau gehen gelb geld
gern gross gut haben haus heute hier ich jahr jetzt kein klein kommen leben lesen mehr mein milch mit morgen nacht
nein neu nicht noch nur ohne platz preis rot schon sehr sich spiel stadt strasse stunde tag tisch tor und unter viel
von wasser weg weil weiss wie wir woche wohnung zahl zeit zimmer zoll zug zum avec bien bonjour cette chat chez chien
dans deux eau elle encore entre est fille heure homme ici jour les lettre livre lune maison merci mois nom nous oui
par petit pour quatre rouge rue sans sept soleil sont sous temps tout une vert ville vous agua amigo azul calle casa
cinco como donde dos ella este gracias hola hoja lado luz mano mesa mundo nada noche ocho para perro por que rojo
siete sol tres uno verde vida acqua allora anche bello cane ciao cosa dove giorno isola latte libro mare notte oggi
ora pane quando sera sole via vino zio
"""
WORDS = tuple(_WORDS.split())
CAPITALS, CAPITALISED = 0.2, 0.35
"""Shares of the words that are all capitals, and that begin with one."""
ALPHABETS = 0.06
"""This share is no word but a piece of the alphabet."""
ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def choose_text(rng: np.random.Generator, *, most: int = 4) -> str:
    """One to `most` words of letters alone."""
    return " ".join(choose_word(rng) for _ in range(int(rng.integers(1, most + 1))))


def choose_word(rng: np.random.Generator) -> str:
    """One word, in small letters, in capitals, or with a capital first."""
    word = WORDS[int(rng.integers(len(WORDS)))]
    if rng.random() < ALPHABETS:
        first = int(rng.integers(len(ALPHABET) - 3))
        word = ALPHABET[first : first + int(rng.integers(4, 13))]
    case = rng.random()
    if case < CAPITALS:
        return word.upper()
    return word.capitalize() if case < CAPITALISED else word
