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
}

/// An e-mail split at its tokens, once for all messages made from it.
struct Template: Sendable {
  /// A text as HTML and as plain text.
  struct Block: Sendable {
    var html: [TemplateFragment]
    var plain: [TemplateFragment]
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

  /// Returns the URLs of an e-mail that are tracked, each once.
  static func links(of copy: MailCopy, settings: MailSettings) -> [String] {
    guard settings.tracksLinks else { return [] }
    let rewriter = LinkRewriter(untracked: settings.untrackedLinks)
    let (html, plain) = bodies(of: copy, settings: settings)
    var urls = html.map { rewriter.links(html: $0).map(\.url) } ?? []
    urls += rewriter.links(plain: plain).map(\.url)
    var seen: Set<String> = []
    return urls.filter { seen.insert($0).inserted }
  }

  /// Returns the completed HTML and the plain text, which is derived from the HTML if there is none.
  private static func bodies(
    of copy: MailCopy, settings: MailSettings
  ) -> (html: [UInt8]?, plain: [UInt8]) {
    let html = copy.html.flatMap { $0.isEmpty ? nil : $0 }
    let plain = copy.plainText.flatMap { $0.isEmpty ? nil : $0 } ?? PlainText.make(html ?? "")
    let whole = html.map {
      HTMLDocument.complete(
        $0, language: copy.language, preheader: copy.preheader, hasPixel: settings.tracksOpens)
    }
    return (whole.map { Array($0.utf8) }, Array(plain.utf8))
  }

  /// Splits an e-mail.
  ///
  /// - Parameter links: The keys of tracked URLs; without keys, links stay as they are.
  init(
    copy: MailCopy, envelope: MailEnvelope, settings: MailSettings, links: [String: String],
    site: String
  ) {
    self.copy = copy
    self.envelope = envelope
    self.settings = settings
    let rewriter = LinkRewriter(untracked: settings.untrackedLinks)
    let bodies = Self.bodies(of: copy, settings: settings)
    func cut(_ text: [UInt8], isHTML: Bool) -> [TemplateFragment] {
      guard !links.isEmpty else { return TokenScanner.pieces(text, isHTML: isHTML) }
      let found = isHTML ? rewriter.links(html: text) : rewriter.links(plain: text)
      return LinkRewriter.pieces(text, found, keys: links, site: site, isHTML: isHTML)
    }
    subject = TokenScanner.pieces(copy.subject)
    html = bodies.html.map { cut($0, isHTML: true) }
    plain = cut(bodies.plain, isHTML: false)
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

    let own =
      subject + (html ?? []) + plain + (fromName ?? []) + (fromAddress ?? []) + (replyTo ?? [])
      + bcc.flatMap(\.self) + headers.flatMap(\.value)
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
    for piece in pieces {
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
