import Contracts
import Primitives
import Testing

@Suite struct SchemaTests {
    enum Curve: String, CaseIterable, Sendable { case linear, exponential }

    struct Fade: Sendable {
        var length = 2.0
        var gain: Double?
        var count = 3
        var curve = Curve.linear
        var isReversed = false
        var title = ""
    }

    static let schema = Schema(Fade()) {
        Field.number("length_seconds", \.length, in: 0...60, unit: "s", "How long it lasts.")
        Field.number("gain_db", \.gain, in: -60...20, unit: "dB", "Gain, if any.")
        Field.integer("count", \.count, in: 1...10, "How many.")
        Field.choice("curve", \.curve, "The shape.")
        Field.flag("reversed", \.isReversed, "Backwards.")
        Field.text("title", \.title, maximumLength: 10, "A title.")
    }

    struct Lock: Sendable {
        var key = ""
        var depth = 1
    }

    static let lock = Schema(Lock()) {
        Field.secret("key", \.key, maximumLength: 8, required: true, "Opens it.")
        Field.integer("depth", \.depth, in: 1...9, "How deep.")
    }

    @Test func secretsAreTakenAndMarked() throws {
        #expect(try Self.lock.decode(["key": "s3same"]).key == "s3same")
        #expect(Self.lock.encode(Lock(key: "s3same")) == ["key": "s3same", "depth": 1])
        let property = Self.lock.jsonSchema["properties"]?["key"]
        #expect(property?["format"] == "password" && property?["writeOnly"] == true && property?["maxLength"] == 8)
        #expect(try Self.lock.fields[0].description.value(parsing: "123") == "123")
    }

    @Test(arguments: [["key": 4711], ["key": "s3same-but-long"], ["key": ["s3same"]], [:]] as [JSONValue])
    func faultsOfSecretsDoNotQuoteThem(_ document: JSONValue) throws {
        let error = try #require(throws: SchemaError.self) { try Self.lock.decode(document) }
        #expect(error.field == "key")
        #expect(!error.message.contains("s3same") && !error.message.contains("4711"))
    }

    @Test func defaultsAndValues() throws {
        let fade = try Self.schema.decode(["length_seconds": 5, "curve": "exponential", "gain_db": -3, "reversed": true])
        #expect(fade.length == 5)
        #expect(fade.curve == .exponential)
        #expect(fade.gain == -3)
        #expect(fade.isReversed)
        #expect(fade.count == 3)
        #expect(try Self.schema.decode(.null).length == 2)
    }

    @Test func canonicalFormNamesEveryField() throws {
        let document = Self.schema.encode(try Self.schema.decode(["count": 4.0]))
        #expect(
            document == [
                "length_seconds": .number(2), "gain_db": nil, "count": 4, "curve": "linear", "reversed": false, "title": "",
            ])
        #expect(Self.schema.encode(try Self.schema.decode(document)) == document)
    }

    @Test(
        arguments: [
            (["lenght": 5], "lenght", .unknownField), (["length_seconds": 61], "length_seconds", .outOfRange),
            (["length_seconds": "5"], "length_seconds", .wrongType), (["length_seconds": nil], "length_seconds", .wrongType),
            (["count": 2.5], "count", .wrongType), (["count": 11], "count", .outOfRange), (["count": 1e300], "count", .wrongType),
            (["curve": "round"], "curve", .outOfRange), (["reversed": 1], "reversed", .wrongType),
            (["title": "much too long"], "title", .outOfRange), (["title": "a\u{0}b"], "title", .wrongType),
            ([1, 2], "", .wrongType),
        ] as [(JSONValue, String, SchemaError.Reason)])
    func namesTheWrongField(_ document: JSONValue, _ field: String, _ reason: SchemaError.Reason) {
        do {
            _ = try Self.schema.decode(document)
            Issue.record("decoded: \(document)")
        } catch {
            #expect(error.field == field)
            #expect(error.reason == reason)
            #expect(!error.message.isEmpty)
        }
    }

    @Test func publishedSchemaSaysWhatIsChecked() {
        let properties = Self.schema.jsonSchema["properties"]
        #expect(properties?["length_seconds"]?["maximum"] == .number(60))
        #expect(properties?["length_seconds"]?["default"] == .number(2))
        #expect(properties?["length_seconds"]?["x-unit"] == "s")
        #expect(properties?["gain_db"]?["default"] == nil)
        #expect(properties?["curve"]?["enum"] == ["linear", "exponential"])
        #expect(Self.schema.jsonSchema["additionalProperties"] == false)
    }

    @Test(arguments: [("length_seconds", "nan"), ("count", "many"), ("reversed", "perhaps")])
    func refusesTypedText(_ name: String, _ text: String) throws {
        let field = try #require(Self.schema.fields.first { $0.name == name })
        #expect(throws: SchemaError.self) { try field.description.value(parsing: text) }
    }
}
