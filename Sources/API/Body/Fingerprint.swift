import CSodium
import Hummingbird

/// A BLAKE2b-256 digest of streamed bytes.
final class Fingerprint {
  private static let digestBytes = 32

  // The library's state is opaque and wants an alignment of its own.
  private let state: UnsafeMutableRawPointer

  init() {
    state = Self.makeState()
    _ = crypto_generichash_init(OpaquePointer(state), nil, 0, Self.digestBytes)
  }

  deinit { state.deallocate() }

  private static func makeState() -> UnsafeMutableRawPointer {
    .allocate(byteCount: crypto_generichash_statebytes(), alignment: 64)
  }

  func update(_ buffer: ByteBuffer) {
    buffer.withUnsafeReadableBytes { bytes in
      guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
      _ = crypto_generichash_update(OpaquePointer(state), base, UInt64(bytes.count))
    }
  }

  /// The digest of what was seen so far; more may follow.
  var digest: [UInt8] {
    let copy = Self.makeState()
    defer { copy.deallocate() }
    copy.copyMemory(from: state, byteCount: crypto_generichash_statebytes())
    var digest = [UInt8](repeating: 0, count: Self.digestBytes)
    _ = crypto_generichash_final(OpaquePointer(copy), &digest, digest.count)
    return digest
  }
}
