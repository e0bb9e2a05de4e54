package import Primitives

/// The words about an alert, by name.
package typealias LabelSet = [String: String]

extension LabelSet {
    /// What identifies an alert: the FNV-1a hash (Fowler, Noll, Vo) of its labels by name, as Prometheus and Alertmanager make it
    /// (prometheus/common, model/fnv.go and signature.go), in 16 hexadecimal digits.
    package var fingerprint: String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        for (name, value) in sorted(by: { $0.key < $1.key }) {
            name.utf8.forEach(add)
            add(255)
            value.utf8.forEach(add)
            add(255)
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// `{a="1", b="2"}`, by name.
    package var text: String {
        "{" + sorted { $0.key < $1.key }.map { "\($0.key)=\"\($0.value)\"" }.joined(separator: ", ") + "}"
    }

    package var document: JSONValue { .object(mapValues(JSONValue.string)) }

    /// - Parameter text: a JSON object of texts; what is none is no label.
    init(document text: String) {
        self = (try? JSON.decode([String: String].self, from: Bytes(text.utf8))) ?? [:]
    }

    var json: String { String(decoding: document.serialized(), as: UTF8.self) }
}
