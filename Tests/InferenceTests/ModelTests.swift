import Glibc
import Inference
import Primitives
import TestSupport
import Testing

@Suite(.computing, .enabled(if: Model.isRuntimeInstalled))
struct ModelTests {
    @Test func tellsWhatItTakesAndGives() throws {
        let model = try addition()
        #expect(model.inputs.map(\.name) == ["left", "right"])
        #expect(model.inputs.map(\.shape) == [[-1, 3], [-1, 3]])
        #expect(model.outputs.map(\.name) == ["sum"])
        #expect(model.outputs[0].elementType == .float)
        #expect(model.metadata == ["colour": "blue"])
    }

    @Test(arguments: [1, 2, 5], [true, false])
    func adds(rows: Int, optimizes: Bool) throws {
        let left = (0..<rows * 3).map { Float($0) }
        let outputs = try addition(ModelOptions(optimizes: optimizes)).run([
            "left": Tensor(left, shape: [rows, 3]), "right": Tensor([Float](repeating: 0.5, count: rows * 3), shape: [rows, 3]),
        ])
        #expect(outputs.count == 1 && outputs[0].shape == [rows, 3])
        #expect(try outputs[0].elements(as: Float.self) == left.map { $0 + 0.5 })
    }

    @Test func readsMemoryOfTheCaller() throws {
        var memory: [Float] = [1, 2, 3]
        let sum = try memory.withUnsafeMutableBufferPointer { buffer in
            let tensor = try Tensor(borrowing: buffer, shape: [1, 3])
            buffer[1] = 20
            return try addition().run(["left": tensor, "right": tensor], outputs: ["sum"])[0].elements(as: Float.self)
        }
        #expect(sum == [2, 40, 6])
    }

    @Test func handsTensorsOn() throws {
        let model = try addition()
        let one = try Tensor([Float](repeating: 1, count: 3), shape: [1, 3])
        var total = one
        for _ in 0..<9 { total = try model.run(["left": total, "right": one])[0] }
        #expect(try total.elements(as: Float.self) == [10, 10, 10])
    }

    @Test func runsForManyTasksAtOnce() async throws {
        let model = try addition()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for task in 0..<8 {
                group.addTask {
                    let given = [Float](repeating: Float(task), count: 3)
                    let sum = try model.run(["left": Tensor(given, shape: [1, 3]), "right": Tensor(given, shape: [1, 3])])[0]
                    return try sum.elements(as: Float.self) == given.map { $0 * 2 }
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }

    @Test func refusesWhatDoesNotFit() throws {
        let model = try addition()
        let fits = try Tensor([Float](repeating: 0, count: 3), shape: [1, 3])
        let wide = try Tensor([Float](repeating: 0, count: 4), shape: [1, 4])
        let whole = try Tensor([Int64](repeating: 0, count: 3), shape: [1, 3])
        for inputs in [
            ["left": fits], ["left": fits, "right": wide], ["left": fits, "right": whole],
            ["left": fits, "right": fits, "x": fits],
        ] {
            expect("model-inputs-invalid") { _ = try model.run(inputs) }
        }
        expect("model-inputs-invalid") { _ = try model.run(["left": fits, "right": fits], outputs: ["x"]) }
        expect("model-inputs-invalid") { _ = try whole.elements(as: Float.self) }
        expect("model-inputs-invalid") { _ = try Tensor([Float](), shape: [1, 3]) }
    }

    @Test func refusesFilesThatAreNoModel() throws {
        let whole = TinyModel.addition
        let foreign = [
            Bytes("RIFF....WAVEfmt ".utf8), [], Bytes(whole.prefix(whole.count / 2)), Bytes(repeating: 0xFF, count: 4096),
        ]
        for bytes in foreign {
            let path = TinyModel.file(bytes)
            defer { unlink(path) }
            expect("model-invalid") { _ = try Model(path: path) }
        }
        #expect(throws: ModelError.missing(path: "/nowhere/model.onnx")) { try Model(path: "/nowhere/model.onnx") }
    }

    private func addition(_ options: ModelOptions = ModelOptions()) throws -> Model {
        let path = TinyModel.file(TinyModel.addition)
        defer { unlink(path) }
        return try Model(path: path, options: options)
    }

    private func expect(_ code: String, at location: SourceLocation = #_sourceLocation, from body: () throws -> Void) {
        do {
            try body()
            Issue.record("nothing was thrown", sourceLocation: location)
        } catch {
            #expect((error as? any CodedError)?.code == code, sourceLocation: location)
        }
    }
}
