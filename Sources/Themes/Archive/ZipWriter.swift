/// Writes a zip file of small files, which are not packed. The same files give the same bytes.
enum ZipWriter {
  /// The first day that an archive knows: 1980-01-01.
  private static let day = 0x21

  static func archive(_ files: [(name: String, text: String)]) -> [UInt8] {
    var archive = ZipBytes()
    var directory = ZipBytes()
    for file in files {
      let content = Array(file.text.utf8)
      let start = archive.bytes.count
      archive.append(0x0403_4B50, 4)
      archive.append(contentsOf: head(file.name, content))
      archive.append(contentsOf: file.name.utf8)
      archive.append(contentsOf: content)
      directory.append(0x0201_4B50, 4)
      directory.append(20, 2)
      directory.append(contentsOf: head(file.name, content))
      // No comment, the first disk, no attributes.
      for count in [2, 2, 2, 4] { directory.append(0, count) }
      directory.append(start, 4)
      directory.append(contentsOf: file.name.utf8)
    }
    let start = archive.bytes.count
    archive.append(contentsOf: directory.bytes)
    archive.append(0x0605_4B50, 4)
    archive.append(0, 4)
    for _ in 0..<2 { archive.append(files.count, 2) }
    archive.append(directory.bytes.count, 4)
    archive.append(start, 4)
    archive.append(0, 2)
    return archive.bytes
  }

  /// The part of a file's head that stands before the file and in the directory.
  private static func head(_ name: String, _ content: [UInt8]) -> [UInt8] {
    var head = ZipBytes()
    head.append(20, 2)
    // Names are UTF-8; not packed; midnight.
    head.append(0x0800, 2)
    head.append(0, 2)
    head.append(0, 2)
    head.append(day, 2)
    head.append(ZipBytes.checksum(of: content), 4)
    for _ in 0..<2 { head.append(content.count, 4) }
    head.append(name.utf8.count, 2)
    head.append(0, 2)
    return head.bytes
  }
}
