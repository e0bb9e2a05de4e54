import Glibc
import Tokenization

// avstudio-token-counter ENCODING VOCABULARY count|ids|time REPEATS FILE
// ENCODING: an OpenAI encoding, or sentencepiece, then VOCABULARY is a model file.
// count, ids: FILE holds texts, each after its length in bytes as four bytes, little endian; prints a line for each.
// time: counts the whole FILE REPEATS times; prints the CPU nanoseconds of each.
let words = CommandLine.arguments
guard words.count == 6, let repeats = Int(words[4]), let file = fopen(words[5], "rb") else { exit(2) }
var bytes: [UInt8] = []
var block = [UInt8](repeating: 0, count: 1 << 20)
while case let got = fread(&block, 1, block.count, file), got > 0 { bytes += block[..<got] }

func now() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
}

let begin = now()
let encode: (String) -> [UInt32]
let count: (String) -> Int
if words[1] == "sentencepiece" {
    let encoder = try SentencePieceEncoder(path: words[2])
    (encode, count) = (encoder.encode, encoder.count)
} else {
    guard let encoding = Encoding(rawValue: words[1]) else { exit(2) }
    let encoder = try BytePairEncoder(encoding: encoding, path: words[2])
    (encode, count) = (encoder.encode, encoder.count)
}
let loaded = now() - begin
if words[3] == "time" {
    print("load", loaded)
    let text = String(decoding: bytes, as: UTF8.self)
    for _ in 0..<repeats {
        let start = now()
        let number = count(text)
        print(number, now() - start)
    }
} else {
    var place = 0
    var output = ""
    while place < bytes.count {
        let size = (0..<4).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
        let text = String(decoding: bytes[place + 4..<place + 4 + size], as: UTF8.self)
        place += 4 + size
        if words[3] == "count" {
            output += "\(count(text))\n"
        } else {
            output += encode(text).map(String.init).joined(separator: " ") + "\n"
        }
    }
    print(output, terminator: "")
}
