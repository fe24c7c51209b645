/// The header lines of a multipart part, as far as they matter.
struct MultipartHead: Sendable, Equatable {
  /// The form field's name.
  var name: String
  /// The file's name without any path; nil for a plain field.
  var filename: String?
  /// The content type as sent; nil where none was.
  var contentType: String?

  init(name: String, filename: String? = nil, contentType: String? = nil) {
    self.name = name
    self.filename = filename
    self.contentType = contentType
  }

  /// Reads the lines, each of which begins after a line end.
  init(lines: [UInt8]) throws(APIError) {
    var name: String?
    filename = nil
    contentType = nil
    for line in String(decoding: lines, as: UTF8.self).split(separator: "\r\n") {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let value = String(line[line.index(after: colon)...]).trimmingBlanks
      switch line[..<colon].lowercased() {
      case "content-disposition":
        let disposition = HeaderValue(value)
        name = disposition.parameters["name"]
        filename = (disposition.extended("filename") ?? disposition.parameters["filename"])
          .map(Self.lastComponent)
      case "content-type": contentType = value
      default: continue
      }
    }
    guard let name, !name.isEmpty else {
      throw .badRequest("A part of the multipart body has no name.")
    }
    self.name = name
  }

  /// Some browsers send the whole path of the file.
  private static func lastComponent(_ path: String) -> String {
    String(path.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? "")
  }
}
