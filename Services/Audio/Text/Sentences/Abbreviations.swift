/// Words whose full stop does not end a sentence, in lower case and without their last full stop.
enum Abbreviations {
    /// What always has something after it: titles, references, "for example".
    static let leading: Set<String> = [
        "mr", "mrs", "ms", "mx", "dr", "prof", "st", "gen", "col", "maj", "capt", "cmdr", "lt", "sgt", "rev", "hon", "sen", "rep",
        "gov", "pres", "supt", "fr", "sr", "sra", "srta", "mme", "mlle", "m", "mm", "dra", "don", "sig", "dott", "herr", "hr", "fru",
        "vs", "v", "e.g", "i.e", "eg", "ie", "cf", "viz", "ca", "approx", "no", "nos", "nr", "fig", "figs", "eq", "sec", "ch", "vol",
        "p", "pp", "pt", "art", "par", "mt", "ft", "bzw", "z.b", "d.h", "u.a", "usw.", "ggf", "vgl", "evtl", "inkl", "dhr", "mevr",
        "p.ex", "ej", "es", "núm", "tel", "op", "al.",
    ]
    /// What may stand at the end: then only a following capital tells.
    static let trailing: Set<String> = [
        "etc", "inc", "ltd", "co", "corp", "llc", "plc", "bros", "jr", "sr", "esq", "ph.d", "m.d", "b.a", "m.a", "a.m", "p.m", "u.s",
        "u.k", "u.n", "e.u", "d.c", "u.s.a", "ave", "blvd", "rd", "dept", "est", "min", "max", "sq", "oz", "lb", "lbs", "in", "jan",
        "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "mon", "tue", "tues", "wed", "thu", "thur",
        "thurs", "fri", "sat", "sun", "al", "usw", "b.c", "a.d", "b.c.e",
    ]
    /// Words that begin a sentence far more often than they follow an abbreviation.
    static let starters: Set<String> = [
        "The", "A", "An", "He", "She", "It", "They", "We", "I", "You", "This", "That", "These", "Those", "There", "But", "And", "Or",
        "So", "In", "On", "At", "As", "If", "When", "Then", "However", "What", "Why", "How", "Who", "My", "His", "Her", "Our",
        "Their", "Its", "After", "Before", "For", "With", "From", "To", "Is", "Are", "Was", "Do", "Did", "No", "Yes", "Not",
    ]
}
