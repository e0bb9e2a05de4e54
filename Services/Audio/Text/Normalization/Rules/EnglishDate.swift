/// Days of the calendar in English words.
enum EnglishDate {
    static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
    ]

    /// - Parameter name: a month's name or its usual abbreviation without the full stop; months begin with a capital.
    /// - Returns: 1 to 12.
    static func month(named name: some StringProtocol) -> Int? {
        guard name.first?.isUppercase ?? false, name.utf8.count >= 3 else { return nil }
        if name == "Sept" { return 9 }
        let lowered = name.lowercased()
        return months.firstIndex { $0.lowercased() == lowered || $0.prefix(3).lowercased() == lowered }.map { $0 + 1 }
    }

    /// Whether the day exists in some year.
    static func isDay(_ day: Int, ofMonth month: Int) -> Bool {
        guard (1...12).contains(month) else { return false }
        return (1...[31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]).contains(day)
    }

    /// "November twenty-first, twenty twenty-six".
    static func spoken(month: Int, day: Int, year: Int?) -> String {
        "\(months[month - 1]) \(EnglishNumber.ordinal(day))" + (year.map { ", \(EnglishNumber.year($0))" } ?? "")
    }
}
