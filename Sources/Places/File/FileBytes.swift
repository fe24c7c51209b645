import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The bytes of an open file, read where they are needed. A file that is cut or written over meanwhile gives an error or
/// other bytes, never a fault as a mapped one does.
final class FileBytes: Sendable {
  let path: String
  let count: Int
  private let descriptor: Int32

  /// - Throws: ``PlaceDatabaseError`` for a file that cannot be opened, or is no ordinary one.
  init(_ path: String) throws(PlaceDatabaseError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw PlaceDatabaseError("\(path) cannot be opened: \(String(cString: strerror(errno)))")
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      let count = Int(exactly: status.st_size)
    else {
      close(descriptor)
      throw PlaceDatabaseError("\(path) is no ordinary file")
    }
    self.path = path
    self.count = count
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// The bytes of a range; fewer at the end of the file.
  ///
  /// - Throws: ``PlaceDatabaseError`` where the file cannot be read.
  func read(_ range: Range<Int>) throws(PlaceDatabaseError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: range.count)
    var filled = 0
    while filled < bytes.count {
      let (start, rest) = (filled, bytes.count - filled)
      let got = bytes.withUnsafeMutableBytes { buffer in
        pread(
          descriptor, buffer.baseAddress.map { $0 + start }, rest, off_t(range.lowerBound + start))
      }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else {
        throw PlaceDatabaseError("\(path) cannot be read: \(String(cString: strerror(errno)))")
      }
      if got == 0 { break }
      filled += got
    }
    return Array(bytes.prefix(filled))
  }
}
