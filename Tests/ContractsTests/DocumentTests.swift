import Contracts
import Primitives
import Testing

@Suite struct DocumentTests {
    /// Each example decodes as its type and encodes to the same document again.
    @Test(arguments: MessageDocuments.all.map(\.name)) func examplesRoundTrip(_ name: String) throws {
        let document = try #require(MessageDocuments.all.first { $0.name == name })
        #expect(document.example != .null)
        #expect(try document.roundTrip(document.example) == document.example)
    }

    /// Each example has the fields that its schema requires and no others.
    @Test(arguments: MessageDocuments.all.map(\.name)) func examplesFitTheirSchemas(_ name: String) throws {
        let document = try #require(MessageDocuments.all.first { $0.name == name })
        let fields = Set(try #require(document.example.objectValue).keys)
        let known = Set(try #require(document.schema["properties"]?.objectValue).keys)
        let required = Set(try #require(document.schema["required"]?.arrayValue).compactMap(\.stringValue))
        #expect(fields.isSubset(of: known), "\(fields.subtracting(known))")
        #expect(required.isSubset(of: fields), "\(required.subtracting(fields))")
    }
}
