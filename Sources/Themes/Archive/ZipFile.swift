/// Files of an archive that another module reads.
package enum ZipFile {
  /// Returns the unpacked content of the first file whose name has an end; nil if there is none.
  ///
  /// - Parameters:
  ///   - end: The end, such as `.json`, in lower case.
  ///   - bytes: The archive.
  ///   - limit: The maximum number of bytes of the file.
  /// - Throws: ``ZipError``.
  package static func first(
    _ end: String, in bytes: [UInt8], upTo limit: Int
  ) throws(ZipError) -> [UInt8]? {
    let archive = try ZipArchive(bytes)
    guard let entry = archive.entries.first(where: { $0.name.lowercased().hasSuffix(end) }) else {
      return nil
    }
    return try archive.file(entry.name, upTo: limit)
  }
}
