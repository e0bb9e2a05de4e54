package import Primitives

/// Reads the members of one YAML mapping; each method notes what is wrong and gives a value that lets reading go on.
package struct FieldReader {
    package let position: YAMLPosition
    private let what: String
    private let members: [String: YAMLNode]
    private let problems: ProblemList

    /// - Parameters:
    ///   - what: what the mapping describes, for messages.
    ///   - known: every key that may be there; `nil` when all may.
    package init(_ node: YAMLNode, what: String, known: [String]?, problems: ProblemList) {
        (position, self.what, self.problems) = (node.position, what, problems)
        guard case .mapping(let pairs) = node.content else {
            problems.add("\(what) must have keys and values", at: node.position)
            members = [:]
            return
        }
        for pair in pairs {
            guard let known, !known.contains(pair.key) else { continue }
            let hint = Spelling.nearest(to: pair.key, among: known).map { "did you mean \($0)?" }
            problems.add(
                "\(what) has no key \(pair.key); " + (hint ?? "the keys are: \(known.joined(separator: ", "))"), at: pair.at)
        }
        members = Dictionary(uniqueKeysWithValues: pairs.map { ($0.key, $0.value) })
    }

    /// The value of a key; `nil` when it is missing.
    package func node(_ key: String) -> YAMLNode? { members[key] }

    /// Notes what is wrong, at a key or at the mapping as a whole.
    package func problem(_ text: String, at key: String? = nil) {
        problems.add(text, at: key.flatMap { members[$0]?.position } ?? position)
    }

    /// Text of 1 to 1,000 bytes; `nil` when it is missing or wrong, which is noted.
    package func optionalText(_ key: String) -> String? {
        guard let node = members[key] else { return nil }
        return text(of: node, key)
    }

    /// Text that must be there; empty when it is not, which is noted.
    package func text(_ key: String) -> String {
        guard members[key] != nil else {
            problem("\(what) needs \(key)")
            return ""
        }
        return optionalText(key) ?? ""
    }

    /// A list of texts with their places.
    package func texts(_ key: String) -> [(text: String, at: YAMLPosition)] {
        nodes(key).compactMap { node in text(of: node, key).map { ($0, node.position) } }
    }

    /// The elements of a list; none when the key is missing.
    package func nodes(_ key: String) -> [YAMLNode] {
        guard let node = members[key] else { return [] }
        guard case .sequence(let elements) = node.content else {
            problems.add("\(key) must be a list", at: node.position)
            return []
        }
        return elements
    }

    /// The members of a mapping by name; none when the key is missing.
    package func entries(_ key: String) -> [(key: String, value: YAMLNode, at: YAMLPosition)] {
        guard let node = members[key] else { return [] }
        guard case .mapping(let pairs) = node.content else {
            problems.add("\(key) must have keys and values", at: node.position)
            return []
        }
        return pairs
    }

    /// A whole number in a range; its least when it is wrong or missing without a fallback, which is noted.
    package func integer(_ key: String, _ range: ClosedRange<Int>, default fallback: Int? = nil) -> Int {
        guard let node = members[key] else {
            if fallback == nil { problem("\(what) needs \(key)") }
            return fallback ?? range.lowerBound
        }
        return integer(node, key, range)
    }

    /// A whole number in a range, of a node by itself.
    package func integer(_ node: YAMLNode, _ key: String, _ range: ClosedRange<Int>) -> Int {
        // Underscores make long numbers legible; YAML 1.1 had them, the core schema of 1.2 has not.
        if case .scalar(let text, quoted: false) = node.content,
            let value = Int(text.filter { $0 != "_" }), range.contains(value)
        {
            return value
        }
        problems.add("\(key) must be a whole number, \(range.lowerBound) to \(range.upperBound)", at: node.position)
        return range.lowerBound
    }

    /// Seconds, 0.000001 to 3600; `nil` when they are missing or wrong, which is noted.
    package func seconds(_ key: String) -> Double? {
        guard let node = members[key] else { return nil }
        guard let value = node.json.doubleValue, (0.000_001...3600).contains(value) else {
            problems.add("\(key) must be seconds, 0.000001 to 3600", at: node.position)
            return nil
        }
        return value
    }

    /// True or false; the fallback when it is missing or wrong, which is noted.
    package func flag(_ key: String, default fallback: Bool) -> Bool {
        guard let node = members[key] else { return fallback }
        if let value = node.json.boolValue { return value }
        problems.add("\(key) must be true or false", at: node.position)
        return fallback
    }

    /// A day such as 2026-11-21: its first moment in UTC.
    package func day(_ key: String) -> (text: String, start: Timestamp)? {
        guard let text = optionalText(key) else { return nil }
        // Written back, because a day like February 30 is read as one in March.
        if let time = Timestamp(iso8601: text + "T00:00:00Z"), time.iso8601 == text + "T00:00:00.000Z" { return (text, time) }
        problem("\(key) must be a day such as 2026-11-21", at: key)
        return nil
    }

    private func text(of node: YAMLNode, _ key: String) -> String? {
        if case .scalar(let text, _) = node.content, (1...1000).contains(text.utf8.count) { return text }
        problems.add("\(key) must be text of 1 to 1000 bytes", at: node.position)
        return nil
    }
}
