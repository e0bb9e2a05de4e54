import Glibc
import Primitives

/// ONNX files with one addition, written field by field as onnx.proto numbers them.
enum TinyModel {
    /// sum = left + right, both [n, 3] of floats, with the metadata `colour` = `blue`.
    static let addition: Bytes = {
        let operatorSet = text(1, "") + number(2, 17)
        let node = text(1, "left") + text(1, "right") + text(2, "sum") + text(4, "Add")
        let graph =
            message(1, node) + text(2, "tiny") + message(11, port("left")) + message(11, port("right")) + message(12, port("sum"))
        return number(1, 8) + message(8, operatorSet) + message(7, graph) + message(14, text(1, "colour") + text(2, "blue"))
    }()

    /// A new file in the temporary folder with `bytes`.
    static func file(_ bytes: Bytes) -> String {
        var name = Array("/tmp/tiny-model-XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        precondition(write(descriptor, bytes, bytes.count) == bytes.count)
        close(descriptor)
        return String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private static func port(_ name: String) -> Bytes {
        let shape = message(1, text(2, "n")) + message(1, number(1, 3))
        let floats: UInt8 = 1
        return text(1, name) + message(2, message(1, number(1, floats) + message(2, shape)))
    }

    private static func number(_ field: UInt8, _ value: UInt8) -> Bytes { [field << 3, value] }
    private static func text(_ field: UInt8, _ value: String) -> Bytes { message(field, Bytes(value.utf8)) }
    private static func message(_ field: UInt8, _ body: Bytes) -> Bytes {
        precondition(body.count < 16384)
        let length = body.count < 128 ? [UInt8(body.count)] : [UInt8(body.count & 127 | 128), UInt8(body.count >> 7)]
        return [field << 3 | 2] + length + body
    }
}
