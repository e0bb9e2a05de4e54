import Glibc

/// How much the store holds, kept in a file that all processes share: for each shard its bytes and its objects, as 64-bit
/// little-endian numbers. Written only under the store's lock.
///
/// An object is counted before it appears and until after it is gone, so that a crash in between counts too much, never too
/// little; a sweep counts anew, shard by shard.
struct UsageLedger: Sendable {
    /// What a shard, or the store, holds.
    struct Amount: Equatable, Sendable {
        var bytes: Int64 = 0
        var count: Int64 = 0

        static func + (a: Amount, b: Amount) -> Amount { Amount(bytes: a.bytes + b.bytes, count: a.count + b.count) }
    }

    private static let entrySize = 16
    private static let size = StoreLayout.shards * entrySize
    private let path: String

    init(_ path: String) {
        self.path = path
    }

    /// Whether there is a file of the right size; if not it must be written anew.
    func isUsable() throws(BlobError) -> Bool {
        try Folder.status(path).map { $0.st_size == Self.size } ?? false
    }

    /// Replaces the file.
    /// - Parameter amounts: one for each shard.
    func rewrite(_ amounts: [Amount]) throws(BlobError) {
        let partial = path + ".new"
        let bytes = amounts.flatMap(Self.encode)
        let file = try OpenFile(partial, O_WRONLY | O_TRUNC, mode: 0o644)
        try write(bytes, to: file, at: 0)
        guard rename(partial, path) == 0 else { throw .system("rename \(partial)") }
    }

    /// What the whole store holds.
    func total() throws(BlobError) -> Amount {
        let bytes = try OpenFile(path, O_RDONLY).read(Self.size, at: 0)
        let starts = stride(from: 0, to: bytes.count, by: Self.entrySize)
        return starts.reduce(Amount()) { $0 + Self.decode(bytes[$1..<$1 + Self.entrySize]) }
    }

    /// Adds to a shard, or takes away.
    func add(_ amount: Amount, shard: Int) throws(BlobError) {
        let file = try OpenFile(path, O_RDWR)
        let before = Self.decode(try file.read(Self.entrySize, at: Int64(shard * Self.entrySize))[...])
        try write(Self.encode(before + amount), to: file, at: shard * Self.entrySize)
    }

    /// Sets a shard to what was counted.
    func set(_ amount: Amount, shard: Int) throws(BlobError) {
        try write(Self.encode(amount), to: OpenFile(path, O_WRONLY), at: shard * Self.entrySize)
    }

    private func write(_ bytes: [UInt8], to file: borrowing OpenFile, at offset: Int) throws(BlobError) {
        let written = pwrite(file.descriptor, bytes, bytes.count, off_t(offset))
        guard written == bytes.count else { throw .system("write \(path)", written < 0 ? errno : ENOSPC) }
    }

    private static func encode(_ amount: Amount) -> [UInt8] {
        [amount.bytes, amount.count].flatMap { number in (0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) } }
    }

    private static func decode(_ bytes: ArraySlice<UInt8>) -> Amount {
        let numbers = [bytes.prefix(8), bytes.dropFirst(8)].map { $0.reversed().reduce(Int64(0)) { $0 << 8 | Int64($1) } }
        return Amount(bytes: numbers[0], count: numbers[1])
    }
}
