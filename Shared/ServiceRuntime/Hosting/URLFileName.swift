import HTTP

/// What a file is called that a URL names.
package enum URLFileName {
    /// What the last part of the path says, else the host: a name that the gateway takes for a file's.
    package static func name(ofURL url: String) -> String {
        let last = url.prefix { $0 != "?" && $0 != "#" }.split(separator: "/").last ?? "input"
        var name = String.UnicodeScalarView()
        var length = 0
        for scalar in (PercentEncoding.decode(last, plusIsSpace: false) ?? String(last)).unicodeScalars {
            guard scalar.properties.generalCategory != .control, !["/", "\\", "\u{FFFD}"].contains(scalar) else { continue }
            length += UTF8.width(scalar)
            guard length <= 200 else { break }
            name.append(scalar)
        }
        return name.allSatisfy { $0 == "." } ? "input" : String(name)
    }
}
