import COpenSSL

/// Named values for libcrypto, in memory of their own until they are freed with it.
struct CryptoParameters: ~Copyable {
  private let list: UnsafeMutablePointer<OSSL_PARAM>
  private var count = 0
  private var memory: [UnsafeMutableRawPointer] = []

  /// The maximum number of values.
  private static let capacity = 4

  init() {
    list = .allocate(capacity: Self.capacity + 1)
    list.initialize(to: OSSL_PARAM_construct_end())
  }

  deinit {
    for pointer in memory { pointer.deallocate() }
    list.deallocate()
  }

  /// Adds a text.
  mutating func add(_ name: String, text: String) {
    let value = copy(Array(text.utf8) + [0]).assumingMemoryBound(to: CChar.self)
    add(OSSL_PARAM_construct_utf8_string(key(name), value, 0))
  }

  /// Adds bytes.
  mutating func add(_ name: String, bytes: [UInt8]) {
    add(OSSL_PARAM_construct_octet_string(key(name), copy(bytes), bytes.count))
  }

  /// Adds a number, its highest byte first.
  mutating func add(_ name: String, number: [UInt8]) {
    // libcrypto takes it as the machine has it.
    let bytes = 1.littleEndian == 1 ? number.reversed() : number
    let value = copy(bytes).assumingMemoryBound(to: UInt8.self)
    add(OSSL_PARAM_construct_BN(key(name), value, bytes.count))
  }

  /// Passes the list on, which ends with its own mark.
  func withList<R>(_ body: (UnsafeMutablePointer<OSSL_PARAM>) -> R) -> R { body(list) }

  private mutating func add(_ parameter: OSSL_PARAM) {
    precondition(count < Self.capacity, "more parameters than there is room for")
    list[count] = parameter
    count += 1
    list[count] = OSSL_PARAM_construct_end()
  }

  private mutating func key(_ name: String) -> UnsafePointer<CChar> {
    UnsafePointer(copy(Array(name.utf8) + [0]).assumingMemoryBound(to: CChar.self))
  }

  private mutating func copy(_ bytes: [UInt8]) -> UnsafeMutableRawPointer {
    let pointer = UnsafeMutableRawPointer.allocate(byteCount: max(1, bytes.count), alignment: 8)
    pointer.copyMemory(from: bytes, byteCount: bytes.count)
    memory.append(pointer)
    return pointer
  }
}
