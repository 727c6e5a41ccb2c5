"""Words from which the demo's people, streets and job lines are made. All invented; any likeness is chance."""

FIRST = {
    "de": "Lukas Anna Matthias Julia Stefan Katharina Florian Eva Andreas Magdalena Michael Barbara Thomas Sophie Peter Maria Georg Elisabeth Hannes Verena".split(),
    "it": "Marco Giulia Luca Francesca Alessandro Chiara Matteo Sara Davide Elena Andrea Martina Simone Valentina Paolo Laura Stefano Silvia Giorgio Anna".split(),
    "en": "James Emma Oliver Sophia Harry Grace Jack Emily George Lucy William Alice".split(),
    "ro": "Andrei Ioana Mihai Elena Alexandru Maria Cristian Andreea Ștefan Gabriela Vlad Raluca Radu Diana Bogdan Oana Ionuț Simona Dan Carmen".split(),
    "zh-hans": "伟 芳 娜 敏 静 磊 强 洋 艳 勇".split(),
}
LAST = {
    "de": "Gruber Pichler Mair Hofer Kofler Egger Unterberger Thaler Moser Rainer Plattner Oberhofer Steiner Brunner Innerhofer Messner Ladurner Pircher Kaufmann Schwienbacher".split(),
    "it": "Rossi Ferrari Bianchi Russo Colombo Ricci Marino Greco Conti Gallo Bruno Costa Giordano Mancini Rizzo Lombardi Moretti Barbieri Fontana Santoro".split(),
    "en": "Smith Taylor Walker Wright Hughes Clarke Bennett Ward Turner Cooper Mills Fox".split(),
    "ro": "Popescu Ionescu Popa Dumitru Stan Stoica Gheorghe Matei Ciobanu Rusu Munteanu Moldovan Pop Mureșan Crișan Oltean Bogdan Lazăr Nistor Suciu".split(),
    "zh-hans": "王 李 张 刘 陈 杨 黄 赵 吴 周".split(),
}
STREETS = {
    "IT": "Museumstraße|Via Roma|Drususallee|Viale Druso|Laubengasse|Via Claudia Augusta|Freiheitsstraße|Corso Libertà|Mühlgasse|Via Palermo|Goethestraße|Via Torino".split(
        "|"
    ),
    "RO": "Strada Eroilor|Calea Turzii|Strada Horea|Bulevardul Unirii|Strada Memorandumului|Calea Florești|Strada Fabricii|Aleea Azuga|Strada Avram Iancu".split(
        "|"
    ),
}
PLACES = {
    "bozen": [("39100", "Bozen"), ("39055", "Leifers"), ("39057", "Eppan"), ("39052", "Kaltern"), ("39044", "Neumarkt")],
    "meran": [("39012", "Meran"), ("39011", "Lana"), ("39022", "Algund"), ("39010", "Tscherms")],
    "cluj": [("400001", "Cluj-Napoca"), ("407280", "Florești"), ("407310", "Gilău"), ("401001", "Turda"), ("405300", "Gherla")],
}
# Make, model, fuel, world manufacturer identifier, usual kilometres a year.
MODELS = [
    ("VW", "Golf 8 GTE", "plugin", "WVW", 14000),
    ("VW", "Tiguan 2.0 TDI", "diesel", "WVG", 19000),
    ("VW", "Polo 1.0 TSI", "petrol", "WVW", 11000),
    ("VW", "ID.4 Pro", "electric", "WVG", 16000),
    ("Audi", "A3 Sportback 35 TFSI", "petrol", "WAU", 13000),
    ("Audi", "A4 Avant 40 TDI", "diesel", "WAU", 24000),
    ("Audi", "Q3 35 TDI", "diesel", "WAU", 17000),
    ("Skoda", "Octavia Combi 2.0 TDI", "diesel", "TMB", 22000),
    ("Skoda", "Fabia 1.0 TSI", "petrol", "TMB", 10000),
    ("Dacia", "Duster 1.5 dCi", "diesel", "UU1", 18000),
    ("Dacia", "Logan 1.0 TCe", "petrol", "UU1", 15000),
    ("Fiat", "500 Hybrid", "hybrid", "ZFA", 9000),
    ("Fiat", "Panda 1.2", "petrol", "ZFA", 8000),
    ("Volvo", "XC40 Recharge", "electric", "YV1", 15000),
]
# Kind of work -> per language: (code, labour text, hours, [part texts with net price]).
Job = tuple[str, str, float, list[tuple[str, float]]]
WORK: dict[str, dict[str, Job]] = {
    "inspection": {
        "de": ("0100", "Inspektion nach Herstellervorgabe", 1.5, [("Pollenfilter", 28.4), ("Luftfilter", 24.9)]),
        "it": ("0100", "Tagliando secondo piano di manutenzione", 1.5, [("Filtro abitacolo", 28.4), ("Filtro aria", 24.9)]),
        "en": ("0100", "Full service as per manufacturer schedule", 1.5, [("Cabin filter", 28.4)]),
        "ro": ("0100", "Revizie conform plan producător", 1.5, [("Filtru polen", 128.0), ("Filtru aer", 96.5)]),
        "zh-hans": ("0100", "定期保养", 1.5, [("空调滤芯", 128.0)]),
    },
    "oil_service": {
        "de": ("1705", "Motoröl und Ölfilter ersetzen", 0.6, [("Motoröl 5W-30", 62.5), ("Ölfilter", 14.2)]),
        "it": ("1705", "Cambio olio motore e filtro", 0.6, [("Olio motore 5W-30", 62.5), ("Filtro olio", 14.2)]),
        "en": ("1705", "Oil change including filter", 0.6, [("Engine oil 5W-30", 62.5)]),
        "ro": ("1705", "Schimb ulei motor și filtru", 0.6, [("Ulei motor 5W-30", 310.0), ("Filtru ulei", 48.0)]),
        "zh-hans": ("1705", "更换机油和机油滤清器", 0.6, [("机油 5W-30", 310.0)]),
    },
    "tyre_change": {
        "de": ("4400", "Räder wechseln, Sommer/Winter", 0.7, []),
        "it": ("4400", "Cambio gomme stagionale", 0.7, []),
        "en": ("4400", "Seasonal tyre change", 0.7, []),
        "ro": ("4400", "Schimb anvelope sezonier", 0.7, []),
        "zh-hans": ("4400", "更换轮胎", 0.7, []),
    },
    "brakes": {
        "de": ("4600", "Bremsbeläge vorne ersetzen", 1.1, [("Satz Bremsbeläge", 96.8)]),
        "it": ("4600", "Sostituzione pastiglie freno anteriori", 1.1, [("Kit pastiglie freno", 96.8)]),
        "en": ("4600", "Replace front brake pads", 1.1, [("Brake pad set", 96.8)]),
        "ro": ("4600", "Înlocuit plăcuțe frână față", 1.1, [("Set plăcuțe frână", 420.0)]),
        "zh-hans": ("4600", "更换前刹车片", 1.1, [("刹车片", 420.0)]),
    },
    "statutory_test": {
        "de": ("0900", "Hauptuntersuchung / Revision vorführen", 0.8, []),
        "it": ("0900", "Revisione ministeriale", 0.8, []),
        "en": ("0900", "MOT test", 0.8, []),
        "ro": ("0900", "Inspecție tehnică periodică ITP", 0.8, []),
        "zh-hans": ("0900", "车辆年检", 0.8, []),
    },
    "air_conditioning": {
        "de": ("8700", "Klimaservice mit Desinfektion", 0.9, [("Kältemittel R1234yf", 89.0)]),
        "it": ("8700", "Ricarica aria condizionata", 0.9, [("Gas R1234yf", 89.0)]),
        "en": ("8700", "Air conditioning service", 0.9, []),
        "ro": ("8700", "Încărcat aer condiționat", 0.9, [("Freon R1234yf", 380.0)]),
        "zh-hans": ("8700", "空调保养", 0.9, []),
    },
    "diagnosis": {
        "de": ("0150", "Fehlerspeicher auslesen, Diagnose", 0.5, []),
        "it": ("0150", "Diagnosi elettronica", 0.5, []),
        "en": ("0150", "Diagnostic check", 0.5, []),
        "ro": ("0150", "Diagnoză computerizată", 0.5, []),
        "zh-hans": ("0150", "电脑诊断", 0.5, []),
    },
    "battery": {
        "de": ("2700", "Starterbatterie ersetzen", 0.4, [("Batterie 70 Ah", 138.0)]),
        "it": ("2700", "Sostituzione batteria", 0.4, [("Batteria 70 Ah", 138.0)]),
        "en": ("2700", "Replace 12 V battery", 0.4, [("Battery 70 Ah", 138.0)]),
        "ro": ("2700", "Înlocuit baterie 12 V", 0.4, [("Baterie 70 Ah", 620.0)]),
        "zh-hans": ("2700", "更换蓄电池", 0.4, [("蓄电池", 620.0)]),
    },
    "handover": {
        "de": ("0001", "Neufahrzeug zur Auslieferung vorbereiten", 1.0, []),
        "it": ("0001", "Preparazione consegna vettura nuova", 1.0, []),
        "en": ("0001", "New vehicle delivery preparation", 1.0, []),
        "ro": ("0001", "Pregătire livrare autovehicul nou", 1.0, []),
        "zh-hans": ("0001", "新车交付准备", 1.0, []),
    },
}
