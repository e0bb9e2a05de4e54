import Contracts
import Jobs
import Primitives
import Testing
import VideoCore

/// What is out of range, of another type or unknown is refused by its name, in every operation.
@Suite struct ParameterBoundsTests {
    private func refusal(_ operation: AnyOperation, _ field: String, _ value: JSONValue) -> SchemaError? {
        var document = operation.fields.filter(\.isRequired).reduce(into: [String: JSONValue]()) { $0[$1.name] = "x" }
        document[field] = value
        do {
            _ = try operation.canonicalParameters(.object(document))
            return nil
        } catch { return error }
    }

    @Test(arguments: VideoOperations.catalogue.operations.map(\.name)) func everyFieldHasItsBounds(_ name: String) throws {
        let operation = try #require(VideoOperations.catalogue[name])
        #expect(refusal(operation, "surprise", 1)?.field == "surprise")
        for field in operation.fields {
            let wrong: [JSONValue]
            switch field.kind {
            case .number(let range):
                wrong = [.number(range.lowerBound - 1), .number(range.upperBound + 1), .number(.nan), .number(.infinity), "x", []]
            case .integer(let range):
                let outside = [range.lowerBound.subtractingReportingOverflow(1), range.upperBound.addingReportingOverflow(1)]
                wrong = outside.filter { !$0.overflow }.map { JSONValue($0.partialValue) } + [1.5, "x", .number(1e300), [:]]
            case .flag: wrong = ["true", 1]
            case .choice: wrong = ["", "\u{0}", 7]
            case .text(let most), .secret(let most): wrong = [.string(String(repeating: "x", count: most + 1)), 7, []]
            case .document: wrong = []
            }
            for value in wrong {
                let error = refusal(operation, field.name, value)
                #expect(error?.field == field.name, "\(name) \(field.name): \(value)")
                #expect(error?.message.contains(field.name) == true, "\(name) \(field.name): \(value)")
            }
        }
    }

    /// Sizes of nothing are none.
    @Test func noSizeIsZero() {
        let sizes: Set = [
            "width", "height", "side", "target_size_bytes", "bit_rate", "interval_s", "count", "columns", "rows", "most",
        ]
        var seen: Set<String> = []
        for operation in VideoOperations.catalogue.operations {
            for field in operation.fields where sizes.contains(field.name) {
                seen.insert(field.name)
                #expect(refusal(operation, field.name, 0)?.code == "out-of-range", "\(operation.name) \(field.name)")
            }
        }
        #expect(seen == sizes)
        for canvas in [["width": 0], ["height": 0], ["frame_rate": 0], ["width": -2]] as [JSONValue] {
            let document: JSONValue = ["canvas": canvas, "video": [["color": "#000000", "duration_s": 1]]]
            #expect(throws: CompositionError.self) { try Composition(document: document) }
        }
    }
}
