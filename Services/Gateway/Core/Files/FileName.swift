/// What a person may call a file.
package enum FileName {
    /// - Returns: the name as given.
    /// - Throws: `GatewayError.fileName` for empty names, over 255 bytes, slashes, control characters, `.` and `..`.
    package static func checked(_ name: String) throws(GatewayError) -> String {
        guard !name.isEmpty else { throw .fileName("a file needs a name") }
        guard name.utf8.count <= 255 else { throw .fileName("a file's name has at most 255 bytes") }
        guard !name.utf8.contains(UInt8(ascii: "/")), !name.utf8.contains(UInt8(ascii: "\\")), name != ".", name != ".." else {
            throw .fileName("a file's name must not hold slashes or be a path")
        }
        guard !name.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) || $0.value == 0xFFFD })
        else {
            throw .fileName("a file's name must be UTF-8 without control characters")
        }
        return name
    }
}
