import HTTPTypes
import Hummingbird
import NIOCore
import Primitives
import Synchronization

/// The document as bytes, in both forms: made when the first of them is asked for, then kept.
final class RenderedDocument: Sendable {
  private struct Forms {
    var document: FileAnswer
    var page: FileAnswer
  }

  private let make: @Sendable () -> OpenAPIDocument
  private let forms = Mutex<Forms?>(nil)

  init(_ make: @escaping @Sendable () -> OpenAPIDocument) { self.make = make }

  var document: FileAnswer { known.document }
  var page: FileAnswer { known.page }

  private var known: Forms {
    forms.withLock { forms in
      if let forms { return forms }
      let json = make().json
      let page = DocsPage(document: json)
      let made = Forms(
        document: Self.file(json.rendered, [.contentType: "application/json"]),
        page: Self.file(
          Array(page.html.utf8),
          [
            .contentType: "text/html; charset=utf-8", .contentSecurityPolicy: page.policy,
            .referrerPolicy: "no-referrer",
          ]))
      forms = made
      return made
    }
  }

  private static func file(_ bytes: [UInt8], _ headers: HTTPFields) -> FileAnswer {
    var headers = headers
    // It changes with the program: clients ask each time whether theirs is still right.
    headers[.cacheControl] = "no-cache"
    return FileAnswer(
      size: Int64(bytes.count), hash: hash(of: bytes), headers: headers,
      read: { range, write in
        try await write(ByteBuffer(bytes: bytes[Int(range.lowerBound)..<Int(range.upperBound)]))
      })
  }

  /// In hexadecimal. Without the library's digest the length stands for the content, which only changes with the program.
  static func hash(of bytes: [UInt8]) -> String {
    guard let digest = Digest(.sha256) else { return String(bytes.count) }
    digest.update(bytes)
    return digest.finish()
  }
}
