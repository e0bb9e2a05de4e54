/// Words whose full stop does not end a sentence, without that full stop.
enum Abbreviations {
    /// Titles, which always stand before a name; only with a capital.
    static let titles: Set<Substring> = [
        "Mr", "Mrs", "Ms", "Mx", "Dr", "Prof", "St", "Gen", "Col", "Maj", "Capt", "Cmdr", "Lt", "Sgt", "Rev", "Hon", "Sen", "Rep",
        "Gov", "Pres", "Supt", "Fr", "Mt", "Ft", "Sra", "Srta", "Mme", "Mlle", "Dra", "Sig", "Dott", "Dhr", "Mevr",
    ]
    /// What always has something after it, in small letters.
    static let leading: Set<String> = [
        "vs", "v", "e.g", "i.e", "cf", "viz", "ca", "approx", "bzw", "z.b", "d.h", "u.a", "ggf", "vgl", "evtl", "inkl", "p.ex",
        "ej",
        "tel",
    ]
    /// What has a number after it, in small letters; without one the word ends a sentence ("No.").
    static let numbered: Set<String> = [
        "no", "nos", "nr", "p", "pp", "fig", "figs", "ch", "vol", "sec", "eq", "art", "par", "pt", "op", "núm", "ver",
    ]
    /// What may stand at the end, in small letters: then only what follows tells.
    static let trailing: Set<String> = [
        "etc", "inc", "ltd", "co", "corp", "llc", "plc", "bros", "jr", "sr", "esq", "ph.d", "m.d", "b.a", "m.a", "a.m", "p.m",
        "u.s",
        "u.k", "u.n", "e.u", "d.c", "u.s.a", "ave", "blvd", "rd", "dept", "sq", "oz", "lb", "lbs", "ft", "usw", "b.c", "a.d",
        "b.c.e",
    ]
    /// Days and months may stand at the end, too; with a capital, so that "sat" and "sun" are words.
    static let dates: Set<Substring> = [
        "Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep", "Sept", "Oct", "Nov", "Dec", "Mon", "Tue", "Tues", "Wed", "Thu",
        "Thur", "Thurs", "Fri", "Sat",
    ]
    /// Words that begin a sentence far more often than they follow an abbreviation.
    static let starters: Set<String> = [
        "The", "A", "An", "He", "She", "It", "They", "We", "I", "You", "This", "That", "These", "Those", "There", "But", "And",
        "Or",
        "So", "In", "On", "At", "As", "If", "When", "Then", "However", "What", "Why", "How", "Who", "My", "His", "Her", "Our",
        "Their", "Its", "After", "Before", "For", "With", "From", "To", "Is", "Are", "Was", "Do", "Did", "No", "Yes", "Not",
    ]
}
