import Foundation

/// The content of an e-mail as written, before tokens are replaced (EML-311).
struct MailCopy: Sendable, Equatable {
  var subject: String
  var preheader: String?
  var html: String?
  var plainText: String?
  var language: String
}

/// The sender and the headers of an e-mail; texts may contain tokens.
struct MailEnvelope: Sendable, Equatable {
  var fromName: String?
  var fromAddress: String?
  var replyTo: String?
  var bcc: String?
  var usesOwner: Bool?
  var headers: [String: String] = [:]
  /// The parameters of links that are not counted; those of counted ones are added at the click.
  var utm = UTMValues()
}

/// An e-mail split at its tokens, once for all messages made from it.
struct Template: Sendable {
  /// A text as HTML and as plain text.
  struct Block: Sendable {
    var html: [TemplateFragment]
    var plain: [TemplateFragment]
  }

  /// Dynamic content as HTML, as plain text, and for headers.
  struct Part: Sendable {
    var html: [TemplateFragment]
    var plain: [TemplateFragment]
    var header: [TemplateFragment]

    func pieces(_ context: TokenContext) -> [TemplateFragment] {
      switch context {
      case .html: html
      case .plain: plain
      case .header: header
      }
    }
  }

  let copy: MailCopy
  let envelope: MailEnvelope
  let settings: MailSettings
  let subject: [TemplateFragment]
  /// The HTML; nil for an e-mail without HTML.
  let html: [TemplateFragment]?
  let plain: [TemplateFragment]
  let fromName: [TemplateFragment]?
  let fromAddress: [TemplateFragment]?
  let replyTo: [TemplateFragment]?
  /// The copy addresses, split before filling so that a value cannot add several.
  let bcc: [[TemplateFragment]]
  let headers: [(name: String, value: [TemplateFragment])]
  let unsubscribeText: Block
  let webviewText: Block
  let signature: Block
  /// The aliases of the fields in use, in order.
  let fields: [String]
  /// Whether tokens of the owner are in use.
  let usesOwner: Bool
  /// The names of dynamic content.
  let dynamic: [String]
  private let linking: Linking
  /// The variants of dynamic content, by their text.
  private let parts: [String: Part]

  /// Returns the URLs of an e-mail that are tracked, each once, in the form in which it is written first.
  ///
  /// - Parameters:
  ///   - copy: The content.
  ///   - dynamic: The variants of dynamic content.
  ///   - settings: The operator's settings.
  ///   - urlFields: The aliases of fields that hold URLs.
  static func links(
    of copy: MailCopy, dynamic: [String] = [], settings: MailSettings, urlFields: Set<String> = []
  ) -> [String] {
    guard settings.tracksLinks else { return [] }
    let rewriter = LinkRewriter(untracked: settings.untrackedLinks, urlFields: urlFields)
    var urls: [String] = []
    var seen: Set<String> = []
    for bodies in [bodies(of: copy, settings: settings)] + dynamic.map({ Bodies(dynamic: $0) }) {
      let html = bodies.html.map { rewriter.found(html: $0) } ?? []
      for link in html + rewriter.found(plain: bodies.plain, with: html)
      where link.isTracked && seen.insert(LinkForm.normal(link.url)).inserted {
        urls.append(link.url)
      }
    }
    return urls
  }

  /// The two bodies of a content.
  private struct Bodies {
    var html: [UInt8]?
    var plain: [UInt8]

    init(html: [UInt8]?, plain: [UInt8]) {
      self.html = html
      self.plain = plain
    }

    init(dynamic content: String) {
      self.init(html: Array(content.utf8), plain: Array(PlainText.make(content).utf8))
    }
  }

  /// Returns the completed HTML and the plain text, which is derived from the HTML if there is none.
  private static func bodies(of copy: MailCopy, settings: MailSettings) -> Bodies {
    let html = copy.html.flatMap { $0.isEmpty ? nil : $0 }
    let plain = copy.plainText.flatMap { $0.isEmpty ? nil : $0 } ?? PlainText.make(html ?? "")
    let whole = html.map {
      HTMLDocument.complete(
        $0, language: copy.language, preheader: copy.preheader, hasPixel: settings.tracksOpens,
        hasTrap: settings.machines.hasTrap && settings.tracksLinks)
    }
    return Bodies(html: whole.map { Array($0.utf8) }, plain: Array(plain.utf8))
  }

  /// Replaces links.
  private struct Linking: Sendable {
    var rewriter: LinkRewriter
    /// The keys of tracked links, by the normal form of their URLs.
    var keys: [String: String]
    var tags: [UTMTag]
    var site: String

    func cut(_ bodies: Bodies) -> (html: [TemplateFragment]?, plain: [TemplateFragment]) {
      guard !keys.isEmpty || !tags.isEmpty else {
        return (
          bodies.html.map { TokenScanner.pieces($0, isHTML: true) },
          TokenScanner.pieces(bodies.plain)
        )
      }
      let found = bodies.html.map { rewriter.found(html: $0) } ?? []
      let html = bodies.html.map {
        LinkRewriter.pieces($0, found, keys: keys, tags: tags, site: site, isHTML: true)
      }
      let plain = LinkRewriter.pieces(
        bodies.plain, rewriter.found(plain: bodies.plain, with: found), keys: keys, tags: tags,
        site: site, isHTML: false)
      return (html, plain)
    }

    /// Splits dynamic content, which is template text as the rest of the e-mail is (EML-207).
    func part(_ content: String) -> Part {
      let bodies = Bodies(dynamic: content)
      let (html, plain) = cut(bodies)
      // The pixel has its place in the e-mail itself.
      return Part(
        html: (html ?? []).filter { $0 != .pixel }, plain: plain,
        header: TokenScanner.pieces(bodies.plain))
    }
  }

  /// Returns dynamic content split at its tokens.
  func part(_ content: String) -> Part { parts[content] ?? linking.part(content) }

  /// Splits an e-mail.
  ///
  /// - Parameters:
  ///   - copy: The content.
  ///   - envelope: The sender and the headers.
  ///   - settings: The operator's settings.
  ///   - links: The keys of tracked URLs; without keys, links are not counted.
  ///   - site: The base of links.
  ///   - dynamic: The variants of dynamic content.
  ///   - urlFields: The aliases of fields that hold URLs.
  init(
    copy: MailCopy, envelope: MailEnvelope, settings: MailSettings, links: [String: String],
    site: String, dynamic variants: [String] = [], urlFields: Set<String> = []
  ) {
    self.copy = copy
    self.envelope = envelope
    self.settings = settings
    let linking = Linking(
      rewriter: LinkRewriter(untracked: settings.untrackedLinks, urlFields: urlFields),
      keys: Dictionary(
        links.map { (LinkForm.normal($0.key), $0.value) }, uniquingKeysWith: { first, _ in first }),
      tags: UTMTag.all(envelope.utm), site: site)
    self.linking = linking
    parts = Dictionary(
      variants.map { ($0, linking.part($0)) }, uniquingKeysWith: { first, _ in first })
    subject = TokenScanner.pieces(copy.subject)
    (html, plain) = linking.cut(Self.bodies(of: copy, settings: settings))
    func optional(_ text: String?) -> [TemplateFragment]? {
      text.flatMap { $0.isEmpty ? nil : TokenScanner.pieces($0) }
    }
    fromName = optional(envelope.fromName)
    fromAddress = optional(envelope.fromAddress)
    replyTo = optional(envelope.replyTo)
    bcc = (envelope.bcc ?? "").split(separator: ",").map { TokenScanner.pieces(String($0)) }
    headers = envelope.headers.sorted { $0.key < $1.key }.map {
      ($0.key, TokenScanner.pieces($0.value))
    }
    unsubscribeText = Self.block(settings.unsubscribeText, url: "{unsubscribe_url}")
    webviewText = Self.block(settings.webviewText, url: "{webview_url}")
    signature = Self.block(settings.signature, url: "")

    var own =
      subject + (html ?? []) + plain + (fromName ?? []) + (fromAddress ?? []) + (replyTo ?? [])
      + bcc.flatMap(\.self) + headers.flatMap(\.value)
    for part in parts.values { own += part.html + part.plain + part.header }
    var all = own
    for case .block(let block) in own {
      switch block {
      case .unsubscribe: all += unsubscribeText.html
      case .webview: all += webviewText.html
      case .signature: all += signature.html
      }
    }
    (fields, dynamic, usesOwner) = Self.needs(all, envelope: envelope, settings: settings)
  }

  private static func needs(
    _ pieces: [TemplateFragment], envelope: MailEnvelope, settings: MailSettings
  ) -> (fields: [String], dynamic: [String], owner: Bool) {
    var fields: [String] = []
    var dynamic: [String] = []
    var (known, named): (Set<String>, Set<String>) = ([], [])
    var owner = envelope.usesOwner ?? settings.isOwnerMailer
    for piece in pieces.flatMap(\.parts) {
      switch piece {
      case .field(let token):
        if known.insert(token.alias).inserted { fields.append(token.alias) }
      case .dynamic(let name):
        if named.insert(name).inserted { dynamic.append(name) }
      case .owner: owner = true
      default: break
      }
    }
    return (fields, dynamic, owner)
  }

  /// Returns a text of the settings, or a signature: `|URL|` and `|FROM_NAME|` are filled, and tokens work except
  /// those of such texts, which might include each other without end.
  static func block(_ text: String, url: String) -> Block {
    let filled = text.replacing("|URL|", with: url)
    return Block(
      html: cut(filled, isHTML: true), plain: cut(PlainText.make(filled), isHTML: false))
  }

  private static func cut(_ text: String, isHTML: Bool) -> [TemplateFragment] {
    let parts = text.split(separator: "|FROM_NAME|", omittingEmptySubsequences: false)
    var pieces: [TemplateFragment] = []
    for (index, part) in parts.enumerated() {
      if index > 0 { pieces.append(.senderName) }
      pieces += TokenScanner.pieces(Array(part.utf8), isHTML: isHTML).filter {
        if case .block = $0 { false } else { true }
      }
    }
    return pieces
  }
}

extension TemplateFragment {
  /// The piece, or those of which it consists.
  fileprivate var parts: [TemplateFragment] {
    if case .tagged(let url, let tags) = self { url + tags.flatMap(\.value) } else { [self] }
  }
}
