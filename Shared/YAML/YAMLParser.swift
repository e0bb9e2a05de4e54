import CYAML
package import Primitives

/// Parses one YAML document. Anchors and aliases are refused: they make small files expand without bound.
package enum YAMLParser {
    private static let maximumDepth = 64

    /// - Parameter bytes: UTF-8 text.
    /// - Returns: the document's root, or `nil` for an empty document.
    /// - Throws: `YAMLError` with the line: syntax, duplicate keys, aliases, keys that are not text, nesting over 64.
    package static func parse(_ bytes: Bytes) throws(YAMLError) -> YAMLNode? {
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        defer { parser.deallocate() }
        guard yaml_parser_initialize(parser) != 0 else { throw YAMLError(position: .start, problem: "no memory for the parser") }
        defer { yaml_parser_delete(parser) }
        do {
            return try bytes.withUnsafeBufferPointer { buffer in
                yaml_parser_set_input_string(parser, buffer.baseAddress, buffer.count)
                var events = EventStream(parser: parser)
                return try document(&events)
            }
        } catch let error as YAMLError {
            throw error
        } catch {
            throw YAMLError(position: .start, problem: "\(error)")
        }
    }

    private static func document(_ events: inout EventStream) throws -> YAMLNode? {
        while true {
            let event = try events.next()
            switch event.kind {
            case .streamEnd: return nil
            case .other: continue
            default:
                let root = try node(event, &events, depth: 0)
                while true {
                    let event = try events.next()
                    if event.kind == .streamEnd { return root }
                    guard event.kind == .other else {
                        throw YAMLError(position: event.position, problem: "only one document is read")
                    }
                }
            }
        }
    }

    private static func node(_ event: Event, _ events: inout EventStream, depth: Int) throws -> YAMLNode {
        guard depth < maximumDepth else { throw YAMLError(position: event.position, problem: "nested deeper than \(maximumDepth)") }
        switch event.kind {
        case .scalar(let text, let quoted):
            return YAMLNode(position: event.position, content: .scalar(text, quoted: quoted))
        case .sequenceStart:
            var elements: [YAMLNode] = []
            while true {
                let next = try events.next()
                if next.kind == .sequenceEnd { return YAMLNode(position: event.position, content: .sequence(elements)) }
                elements.append(try node(next, &events, depth: depth + 1))
            }
        case .mappingStart:
            var members: [(key: String, value: YAMLNode, at: YAMLPosition)] = []
            var seen: Set<String> = []
            while true {
                let next = try events.next()
                if next.kind == .mappingEnd { return YAMLNode(position: event.position, content: .mapping(members)) }
                guard case .scalar(let key, _) = next.kind else {
                    throw YAMLError(position: next.position, problem: "a key must be text")
                }
                guard seen.insert(key).inserted else {
                    throw YAMLError(position: next.position, problem: "the key \(key) is given twice")
                }
                members.append((key, try node(try events.next(), &events, depth: depth + 1), next.position))
            }
        default:
            throw YAMLError(position: event.position, problem: "a value was expected here")
        }
    }
}

private struct Event {
    enum Kind: Equatable {
        case scalar(String, quoted: Bool)
        case sequenceStart, sequenceEnd, mappingStart, mappingEnd, streamEnd
        /// Starts and ends of the stream and of documents, which carry nothing.
        case other
    }

    let kind: Kind
    let position: YAMLPosition
}

extension YAMLPosition {
    fileprivate init(_ mark: yaml_mark_t) {
        self.init(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }
}

private struct EventStream {
    let parser: UnsafeMutablePointer<yaml_parser_t>

    mutating func next() throws(YAMLError) -> Event {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) != 0 else {
            let problem = parser.pointee.problem.map { String(cString: $0) } ?? "not YAML"
            throw YAMLError(position: YAMLPosition(parser.pointee.problem_mark), problem: problem)
        }
        defer { yaml_event_delete(&event) }
        let position = YAMLPosition(event.start_mark)
        switch event.type {
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            guard scalar.anchor == nil else { throw YAMLError(position: position, problem: "anchors are not allowed") }
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            return Event(kind: .scalar(text, quoted: scalar.style != YAML_PLAIN_SCALAR_STYLE), position: position)
        case YAML_SEQUENCE_START_EVENT: return Event(kind: .sequenceStart, position: position)
        case YAML_SEQUENCE_END_EVENT: return Event(kind: .sequenceEnd, position: position)
        case YAML_MAPPING_START_EVENT: return Event(kind: .mappingStart, position: position)
        case YAML_MAPPING_END_EVENT: return Event(kind: .mappingEnd, position: position)
        case YAML_STREAM_END_EVENT: return Event(kind: .streamEnd, position: position)
        case YAML_ALIAS_EVENT: throw YAMLError(position: position, problem: "aliases are not allowed")
        default: return Event(kind: .other, position: position)
        }
    }
}
