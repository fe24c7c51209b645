import CQREncode

/// Pictures of texts for the cameras of phones.
enum QRCode {
  /// The blank margin that readers need, in modules.
  private static let margin = 4

  /// A text as SVG; nil for one that is too long.
  static func svg(_ text: String) -> String? {
    guard let code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M) else { return nil }
    defer { QRcode_free(code) }
    guard let modules = code.pointee.data else { return nil }
    let width = Int(code.pointee.width)
    var path = ""
    for row in 0..<width {
      var column = 0
      while column < width {
        let start = column
        // The lowest bit of a module is its colour.
        while column < width, modules[row * width + column] & 1 == 1 { column += 1 }
        if column > start {
          path += "M\(start) \(row)h\(column - start)v1h-\(column - start)z"
        } else {
          column += 1
        }
      }
    }
    let side = width + 2 * margin
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="-\(margin) -\(margin) \(side) \(side)" \
      width="240" height="240" shape-rendering="crispEdges" role="img" aria-label="QR code">\
      <path fill="#fff" d="M-\(margin)-\(margin)h\(side)v\(side)h-\(side)z"/><path d="\(path)"/></svg>
      """
  }
}
