/// What people write and how they read it aloud.
enum NormalizationCases {
    static let numbers: [(String, String)] = [
        ("0", "zero"), ("7", "seven"), ("13", "thirteen"), ("42", "forty-two"), ("100", "one hundred"), ("101", "one hundred one"),
        ("999", "nine hundred ninety-nine"), ("1,000", "one thousand"),
        ("1,234,567", "one million two hundred thirty-four thousand five hundred sixty-seven"),
        ("1\u{202F}000\u{202F}000", "one million"), ("1000000007", "one billion seven"),
        ("1200 people", "one thousand two hundred people"), ("2500", "two thousand five hundred"),
        ("3.14", "three point one four"), ("0.5", "zero point five"), (".5", "zero point five"), ("10.05", "ten point zero five"),
        ("007", "zero zero seven"), ("-5", "minus five"), ("−40", "minus forty"), ("-3.5", "minus three point five"),
        ("1st", "first"), ("2nd", "second"), ("3rd", "third"), ("21st", "twenty-first"), ("30th", "thirtieth"),
        ("112th", "one hundred twelfth"), ("1,000th", "one thousandth"),
        ("1/2", "one half"), ("3/4", "three quarters"), ("2/3", "two thirds"), ("5/8", "five eighths"), ("1 1/2", "one and a half"),
        ("½", "one half"), ("2½ cups", "two and a half cups"), ("24/7", "twenty-four seven"),
        ("50%", "fifty percent"), ("2.5 %", "two point five percent"), ("3‰", "three per mille"),
        ("10-20", "ten to twenty"), ("10–20", "ten to twenty"), ("pages 5-7", "pages five to seven"),
        ("5%-10%", "five to ten percent"), ("10-15%", "ten to fifteen percent"), ("They won 3-2.", "They won three to two."),
        ("version 2.0.1", "version two point zero point one"),
        ("192.168.0.1", "one hundred ninety-two dot one hundred sixty-eight dot zero dot one"),
        ("I have 3 dogs, 2 cats.", "I have three dogs, two cats."), ("(12)", "(twelve)"), ("\"5\"", "\"five\""),
        ("16:9", "sixteen to nine"), ("€1.299,00", "one thousand two hundred ninety-nine euros"), ("9/11", "nine eleven"),
        ("8/2", "eight over two"), ("1/2 km", "one half of a kilometer"), ("2½ h", "two and a half hours"),
        ("3/4 tsp", "three quarters of a teaspoon"), ("H₂O", "H two O"), ("6'2\"", "six foot two"), ("12″", "twelve inches"),
    ]

    static let money: [(String, String)] = [
        ("$5", "five dollars"), ("$1", "one dollar"), ("$5.20", "five dollars and twenty cents"),
        ("$1.01", "one dollar and one cent"),
        ("$0.99", "ninety-nine cents"), ("$1,234.50", "one thousand two hundred thirty-four dollars and fifty cents"),
        ("$3.5 million", "three point five million dollars"), ("$2bn", "two billion dollars"), ("$5K", "five thousand dollars"),
        ("£1", "one pound"), ("£2.50", "two pounds and fifty pence"), ("€20", "twenty euros"), ("20€", "twenty euros"),
        ("20 €", "twenty euros"), ("¥500", "five hundred yen"), ("₹100", "one hundred rupees"), ("99¢", "ninety-nine cents"),
        ("$10-20", "ten to twenty dollars"), ("$5–$10", "five to ten dollars"), ("$5-10 million", "five to ten million dollars"),
        ("-$5", "minus five dollars"), ("USD 20", "twenty dollars"), ("50 CHF", "fifty Swiss francs"),
        ("US$40", "forty dollars"), ("C$3", "three Canadian dollars"), ("It costs $9.", "It costs nine dollars."),
        ("$5, $6 or $7", "five dollars, six dollars or seven dollars"),
    ]

    static let units: [(String, String)] = [
        ("5 km", "five kilometers"), ("1 km", "one kilometer"), ("5km", "five kilometers"), ("10 kg", "ten kilograms"),
        ("16GB", "sixteen gigabytes"), ("16 GB of RAM", "sixteen gigabytes of ram"), ("250 ms", "two hundred fifty milliseconds"),
        ("25°C", "twenty-five degrees Celsius"), ("25 °C", "twenty-five degrees Celsius"),
        ("-3 °F", "minus three degrees Fahrenheit"), ("90°", "ninety degrees"), ("45°N", "forty-five degrees north"),
        ("90 km/h", "ninety kilometers per hour"), ("10 m/s²", "ten meters per second squared"), ("20 m²", "twenty square meters"),
        ("5 ft 2 in.", "five feet two in."), ("6 ft", "six feet"), ("10in", "ten inches"),
        ("44.1 kHz", "forty-four point one kilohertz"),
        ("100 Mbps", "one hundred megabits per second"), ("60 mph", "sixty miles per hour"), ("1.5 L", "one point five liters"),
        ("5–10 km", "five to ten kilometers"), ("-16 LUFS", "minus sixteen loudness units full scale"), ("3 dB", "three decibels"),
        ("Plan 5 A", "Plan five A"), ("3x faster", "three times faster"),
        ("1920x1080", "one thousand nine hundred twenty by one thousand eighty"),
        ("5 lbs", "five pounds"), ("10kΩ", "ten kilohms"), ("5 in the box", "five in the box"), ("2 kWh", "two kilowatt hours"),
    ]

    static let dates: [(String, String)] = [
        ("2026-11-21", "November twenty-first, twenty twenty-six"), ("11/21/2026", "November twenty-first, twenty twenty-six"),
        ("21/11/2026", "November twenty-first, twenty twenty-six"), ("21.11.2026", "November twenty-first, twenty twenty-six"),
        ("3/4/2026", "March fourth, twenty twenty-six"), ("1/2/05", "January second, two thousand five"),
        ("November 21, 2026", "November twenty-first, twenty twenty-six"), ("Nov. 21st", "November twenty-first"),
        ("Nov 21", "November twenty-first"), ("21 November 2026", "the twenty-first of November, twenty twenty-six"),
        ("the 4th of July", "the fourth of July"), ("on 1 May", "on the first of May"), ("March 10–12", "March tenth to twelfth"),
        ("March 2020", "March twenty twenty"), ("in 1984", "in nineteen eighty-four"), ("in 1066", "in ten sixty-six"),
        ("1900", "nineteen hundred"), ("1905", "nineteen oh five"), ("2000", "two thousand"), ("2007", "two thousand seven"),
        ("2010", "twenty ten"), ("2026", "twenty twenty-six"), ("1990s", "nineteen nineties"), ("the '90s", "the nineties"),
        ("the 20s", "the twenties"), ("I waited 20s.", "I waited twenty seconds."),
        ("1990–1995", "nineteen ninety to nineteen ninety-five"),
        ("2014-16", "twenty fourteen to sixteen"), ("1066 AD", "ten sixty-six A D"),
        ("By 2030, all", "By twenty thirty, all"), ("2000 cars", "two thousand cars"), ("I may 5", "I may five"),
        ("May 5", "May fifth"), ("Sun., May 5", "Sunday, May fifth"),
    ]

    static let times: [(String, String)] = [
        ("3:30", "three thirty"), ("3:30 pm", "three thirty P M"), ("3:30PM", "three thirty P M"), ("3:00", "three o'clock"),
        ("3:05", "three oh five"), ("15:45", "fifteen forty-five"), ("15:00", "fifteen hundred"), ("0:00", "midnight"),
        ("7 a.m.", "seven A M."), ("at 7 a.m. sharp", "at seven A M sharp"), ("10 am", "ten A M"), ("11:00 am", "eleven A M"),
        ("12:05:30", "twelve oh five and thirty seconds"), ("from 9-5 pm", "from nine to five P M"),
        ("9am-5pm", "nine A M to five P M"), ("9:00–17:30", "nine o'clock to seventeen thirty"), ("45:30", "forty-five thirty"),
    ]

    static let phones: [(String, String)] = [
        ("555-123-4567", "five five five, one two three, four five six seven"), ("555-1234", "five five five, one two three four"),
        ("(555) 123-4567", "five five five, one two three, four five six seven"),
        ("555.123.4567", "five five five, one two three, four five six seven"),
        ("1-800-555-0199", "one, eight hundred, five five five, zero one nine nine"),
        ("+1 (555) 123-4567", "plus one, five five five, one two three, four five six seven"),
        ("+44 20 7946 0958", "plus four four, two zero, seven nine four six, zero nine five eight"),
        ("Call 555-1234.", "Call five five five, one two three four."),
        ("90210-1234", "nine zero two one zero, one two three four"),
        (
            "ISBN 978-3-16-148410-0",
            "I S B N nine seven eight, three, one six, one four eight four one zero, zero"
        ), ("123-45-6789", "one two three, four five, six seven eight nine"),
    ]

    static let abbreviations: [(String, String)] = [
        ("Dr. Smith", "Doctor Smith"), ("Maple Dr.", "Maple Drive."), ("12 Oak Dr. Boston", "twelve Oak Drive Boston"),
        ("St. Paul", "Saint Paul"), ("Main St.", "Main Street."), ("on Wall St. today", "on Wall Street today"),
        ("St. Peter lives on Wall St. in Rome.", "Saint Peter lives on Wall Street in Rome."),
        ("We met at Main St. The rest", "We met at Main Street. The rest"), ("Mr. and Mrs. Jones", "Mister and Missus Jones"),
        ("Prof. Lee", "Professor Lee"), ("Mt. Everest", "Mount Everest"), ("e.g. apples", "for example apples"),
        ("fruit, i.e. apples", "fruit, that is apples"), ("cats, dogs, etc.", "cats, dogs, et cetera."),
        ("cats, etc. and dogs", "cats, et cetera and dogs"), ("No. 5", "number five"), ("No. I won't.", "No. I won't."),
        ("p. 12", "page twelve"), ("pp. 3-5", "pages three to five"), ("Fig. 2", "figure two"), ("vs. them", "versus them"),
        ("us vs them", "us versus them"), ("Acme Inc. said", "Acme Incorporated said"),
        ("Martin Luther King Jr.", "Martin Luther King Junior."),
        ("the U.S. army", "the U S army"), ("approx. 5 km", "approximately five kilometers"), ("w/o sugar", "without sugar"),
        ("5th Ave.", "fifth Avenue."), ("Ph.D.", "P H D."), ("J. R. R. Tolkien", "J. R. R. Tolkien"),
    ]

    static let romans: [(String, String)] = [
        ("Chapter IV", "Chapter four"), ("Henry VIII", "Henry the eighth"), ("Louis XIV was king", "Louis the fourteenth was king"),
        ("World War II", "World War two"), ("Elizabeth I was queen", "Elizabeth the first was queen"),
        ("Elizabeth, I think", "Elizabeth, I think"), ("Elizabeth I think so", "Elizabeth I think so"),
        ("Rocky III", "Rocky three"),
        ("Act I, Scene V", "Act one, Scene five"), ("Super Bowl XLV", "Super Bowl forty-five"), ("a mild fever", "a mild fever"),
        ("Malcolm X", "Malcolm the tenth"), ("the IV drip", "the I V drip"), ("Part MMXX", "Part two thousand twenty"),
    ]

    static let acronyms: [(String, String)] = [
        ("FBI", "F B I"), ("NASA", "nasa"), ("the DVDs", "the D V D's"), ("NASA's", "nasa's"),
        ("HTML and CSS", "H T M L and C S S"),
        ("MP3", "M P three"), ("COVID-19", "covid-nineteen"), ("F-16", "F-sixteen"), ("H2O", "H two O"), ("STOP it", "stop it"),
        ("THIS IS VERY IMPORTANT", "this is very important"), ("UNIVERSITY", "university"), ("JSON", "jason"), ("OK", "okay"),
        ("5G", "five G"), ("iPhone", "iPhone"),
    ]

    static let addresses: [(String, String)] = [
        ("https://example.com/a", "example dot com slash a"), ("www.example.org", "W W W dot example dot org"),
        ("Visit example.com.", "Visit example dot com."), ("ann@example.com", "ann at example dot com"),
        ("Write to john.smith@mail.co.uk, please", "Write to john dot smith at mail dot C O dot U K, please"),
        ("report.pdf", "report dot P D F"),
        ("http://a.io/x_y?z=1#t", "a dot I O slash x underscore y question mark z equals one hash t"),
        ("(see https://example.com/)", "(see example dot com)"), ("end.Start", "end.Start"),
    ]

    static let symbols: [(String, String)] = [
        ("salt & pepper", "salt and pepper"), ("2 + 2 = 4", "two plus two equals four"), ("10 - 5", "ten minus five"),
        ("10-3=7", "ten minus three equals seven"),
        ("3 × 4", "three times four"), ("3 x 4", "three times four"), ("10 ÷ 2", "ten divided by two"),
        ("#5", "number five"), ("x >= 3", "x is greater than or equal to three"), ("a -> b", "a to b"),
        ("#swift", "hashtag swift"), ("~20", "about twenty"), ("5 < 6", "five less than six"), ("x²", "x squared"),
        ("**bold** text", "bold text"), ("and/or", "and or"), ("© 2026", "copyright twenty twenty-six"),
        ("Acme® Corp", "Acme Corp"),
        ("A → B", "A to B"), ("2^10", "two to the power of ten"), ("±3", "plus or minus three"), ("§ 5", "section five"),
        ("Hi 🎉 there", "Hi there"), ("Hi👍🏽!", "Hi!"), ("❤️ you", "you"),
    ]

    static let plain: [(String, String)] = [
        ("Hello, world!", "Hello, world!"), ("It's a dog's life — really…", "It's a dog's life — really…"),
        ("“Quoted” text (in brackets).", "“Quoted” text (in brackets)."), ("one  two\n three", "one two three"),
        ("well-known", "well-known"), ("Ärger im Café", "Ärger im Café"), ("مرحبا بالعالم", "مرحبا بالعالم"), ("你好，世界。", "你好，世界。"),
        ("שלום 5", "שלום five"), ("\"Yes,\" she said.", "\"Yes,\" she said."), ("don’t", "don’t"),
    ]
}
