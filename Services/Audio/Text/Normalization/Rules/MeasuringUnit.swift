/// The words for a unit of measure.
struct MeasuringUnit: Sendable {
    let singular: String
    let plural: String
    /// Whether its abbreviation may end with a full stop.
    var takesStop = false

    /// - Parameters:
    ///   - symbol: as written: `km`, `GB`, `µs`.
    ///   - apart: whether a space stands between the number and the symbol. Letters that are also words or names are then units
    ///     only when they are common: "5 m" but not "Plan 5 A".
    static func named(_ symbol: Substring, apart: Bool) -> MeasuringUnit? {
        if apart && ambiguous.contains(symbol) { return nil }
        return table[symbol]
    }

    /// The unit as part of "half of …".
    var withArticle: String {
        (["hour", "inch", "ounce", "acre", "amp", "ohm"].contains(singular) ? "an " : "a ") + singular
    }

    static let powers: [Character: String] = ["²": "square", "³": "cubic"]
    static let divisorPowers: [Character: String] = ["²": "squared", "³": "cubed"]
    static let divisors: [Substring: String] = [
        "h": "hour", "hr": "hour", "s": "second", "sec": "second", "min": "minute", "day": "day", "d": "day", "week": "week",
        "month": "month", "mo": "month", "year": "year", "yr": "year", "m": "meter", "l": "liter", "person": "person",
    ]

    private static let ambiguous: Set<Substring> = [
        "A", "N", "J", "t", "in", "C", "F", "ha", "b", "Pa", "bar", "x", "ac",
    ]

    private static let table: [Substring: MeasuringUnit] = {
        var table: [Substring: MeasuringUnit] = [:]
        for row in regular.split(separator: "\n") {
            let parts = row.split(separator: "=").map { $0.split(separator: " ").joined(separator: " ") }
            for symbol in parts[0].split(separator: " ") {
                table[symbol] = MeasuringUnit(singular: parts[1], plural: parts.count > 2 ? parts[2] : parts[1] + "s")
            }
        }
        for symbol: Substring in ["in", "ft", "yd", "mi", "lb", "lbs", "oz", "hr", "hrs", "min", "sec", "gal"] {
            table[symbol]?.takesStop = true
        }
        return table
    }()

    /// Symbols = singular [= plural when it is not singular and s].
    private static let regular = """
        nm = nanometer
        µm μm um = micrometer
        mm = millimeter
        cm = centimeter
        dm = decimeter
        m = meter
        km = kilometer
        in = inch = inches
        ft = foot = feet
        yd yds = yard
        mi = mile
        µg μg ug mcg = microgram
        mg = milligram
        g = gram
        kg kgs = kilogram
        t = ton
        oz = ounce
        lb lbs = pound
        ml mL = milliliter
        cl cL = centiliter
        l L = liter
        gal = gallon
        ha = hectare
        ac = acre
        ns = nanosecond
        µs μs us = microsecond
        ms = millisecond
        s sec secs = second
        min mins = minute
        h hr hrs = hour
        yr yrs = year
        Hz = hertz = hertz
        kHz = kilohertz = kilohertz
        MHz = megahertz = megahertz
        GHz = gigahertz = gigahertz
        kB KB = kilobyte
        MB = megabyte
        GB = gigabyte
        TB = terabyte
        PB = petabyte
        KiB = kibibyte
        MiB = mebibyte
        GiB = gibibyte
        TiB = tebibyte
        kbit kb = kilobit
        Mbit Mb = megabit
        Gbit Gb = gigabit
        kbps Kbps = kilobit per second = kilobits per second
        Mbps = megabit per second = megabits per second
        Gbps = gigabit per second = gigabits per second
        mV = millivolt
        V = volt
        kV = kilovolt
        mA = milliamp
        A = amp
        mAh = milliamp hour
        Ah = amp hour
        mW = milliwatt
        W = watt
        kW = kilowatt
        MW = megawatt
        GW = gigawatt
        Wh = watt hour
        kWh = kilowatt hour
        MWh = megawatt hour
        Ω Ω = ohm
        kΩ kΩ = kilohm
        MΩ MΩ = megohm
        J = joule
        kJ = kilojoule
        cal = calorie
        kcal = kilocalorie
        N = newton
        Pa = pascal
        hPa = hectopascal
        kPa = kilopascal
        bar = bar
        psi = pound per square inch = pounds per square inch
        ppm = part per million = parts per million
        tbsp = tablespoon
        tsp = teaspoon
        dB = decibel
        dBFS = decibel full scale = decibels full scale
        LUFS = loudness unit full scale = loudness units full scale
        px = pixel
        MP = megapixel
        dpi = dot per inch = dots per inch
        fps = frame per second = frames per second
        rpm = revolution per minute = revolutions per minute
        bpm = beat per minute = beats per minute
        mph = mile per hour = miles per hour
        kph kmh = kilometer per hour = kilometers per hour
        mpg = mile per gallon = miles per gallon
        x = time
        """
}
