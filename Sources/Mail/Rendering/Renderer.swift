import Foundation
import Primitives

/// The links of one message.
struct MessageLinks: Sendable {
  let unsubscribe: String
  let dnc: String
  let resubscribe: String
  let webview: String
  let pixel: String
  let clickthrough: String
  /// The link that nobody sees.
  let trap: String

  init(site: MailSite, signer: LinkSigner, hash: UUID, contact: Int64, address: String) {
    let name = SendHash.text(hash)
    let proof = "\(name)/\(Self.encoded(address))/\(signer.digest(ofAddress: address))"
    unsubscribe = "\(site.url)/email/unsubscribe/\(proof)"
    dnc = "\(site.url)/email/dnc/\(proof)"
    resubscribe = "\(site.url)/email/resubscribe/\(proof)"
    webview = "\(site.url)/email/view/\(name)"
    pixel = "\(site.url)/email/\(name).gif"
    clickthrough = signer.clickthrough(hash, contact: contact)
    trap = "\(site.url)/r/\(signer.trapKey(hash))?ct=\(clickthrough)"
  }

  /// Creates the links of a message to somebody who is not a contact: they lead nowhere and do nothing (EML-408).
  init(site: MailSite) {
    unsubscribe = "\(site.url)/email/unsubscribe/test"
    dnc = unsubscribe
    resubscribe = unsubscribe
    webview = "\(site.url)/email/view/test"
    pixel = ""
    clickthrough = ""
    trap = ""
  }

  /// Returns an encoded part of a path.
  static func encoded(_ text: String) -> String {
    PercentCoding.encode(text.utf8, keeping: pathCharacters)
  }

  private static let pathCharacters = ASCIISet(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~@")
}

/// The sender of a message (EML-320 to EML-332).
struct Sender: Sendable, Equatable {
  var name: String
  var address: String
  var replyTo: String?
}

/// Fills a template for one recipient. Never fails because of data (EML-209).
struct Renderer {
  let template: Template
  let person: RecipientProfile
  let links: MessageLinks
  let sender: Sender

  init(_ template: Template, for person: RecipientProfile, links: MessageLinks) {
    self.template = template
    self.person = person
    self.links = links
    sender = Sender.of(template, person, links)
  }

  /// The subject without line breaks.
  var subject: String { text(template.subject, .header) }

  /// The completed HTML; nil for an e-mail without HTML.
  var html: [UInt8]? {
    template.html.map { pieces in
      var output: [UInt8] = []
      output.reserveCapacity((template.copy.html?.utf8.count ?? 0) * 5 / 4 + 2048)
      append(pieces, .html, to: &output)
      return output
    }
  }

  /// The plain text.
  var plain: [UInt8] {
    var output: [UInt8] = []
    append(template.plain, .plain, to: &output)
    return output
  }

  /// The e-mail's own headers.
  var headers: [(name: String, value: String)] {
    template.headers.map { ($0.name, text($0.value, .header)) }
  }

  func text(_ pieces: [TemplateFragment], _ context: TokenContext) -> String {
    var output: [UInt8] = []
    append(pieces, context, to: &output)
    return String(decoding: output, as: UTF8.self)
  }

  /// Appends pieces with their values. Dynamic content does not stand in itself, which would have no end.
  private func append(
    _ pieces: [TemplateFragment], _ context: TokenContext, inDynamic: Bool = false,
    to output: inout [UInt8]
  ) {
    for piece in pieces {
      switch piece {
      case .bytes(let bytes):
        context == .header ? Self.clean(bytes, into: &output) : output.append(contentsOf: bytes)
      case .field(let token): value(of: token, context, to: &output)
      case .owner(let field): put(person.owner?.value(field) ?? "", context, to: &output)
      case .link(let link): put(url(link), context, to: &output)
      case .block(let block): append(block, context, inDynamic: inDynamic, to: &output)
      case .subject:
        // The subject inside itself would recurse without end.
        if context != .header { put(subject, context, to: &output) }
      case .pixel:
        if context == .html, template.settings.tracksOpens, !links.pixel.isEmpty {
          output.append(
            contentsOf:
              "<img height=\"1\" width=\"1\" src=\"\(links.pixel)\" alt=\"\" />".utf8)
        }
      case .trap:
        if context == .html, template.settings.machines.hasTrap, !links.trap.isEmpty {
          output.append(
            contentsOf:
              "<a href=\"\(links.trap)\" aria-hidden=\"true\" tabindex=\"-1\" style=\"display:none\"></a>"
              .utf8)
        }
      case .clickthrough: output.append(contentsOf: links.clickthrough.utf8)
      case .tagged(let url, let tags):
        put(tagged(url, tags, inDynamic: inDynamic), context, to: &output)
      case .dynamic(let name):
        guard !inDynamic, let content = person.dynamic[name] else { break }
        let part = template.part(content)
        append(part.pieces(context), context, inDynamic: true, to: &output)
      case .senderName: put(sender.name, context, to: &output)
      case .custom(let name, let original):
        if let value = person.custom[name] {
          rich(value, context, to: &output)
        } else {
          output.append(contentsOf: original)
        }
      case .nothing: break
      }
    }
  }

  private func append(
    _ block: TemplateFragment.Block, _ context: TokenContext, inDynamic: Bool,
    to output: inout [UInt8]
  ) {
    let text =
      switch block {
      case .unsubscribe: template.unsubscribeText
      case .webview: template.webviewText
      case .signature: signature
      }
    append(context == .html ? text.html : text.plain, context, inDynamic: inDynamic, to: &output)
  }

  /// Returns a link that is not counted with the e-mail's parameters. What is no web address once it is filled stays as
  /// it is.
  private func tagged(_ url: [TemplateFragment], _ tags: [UTMTag], inDynamic: Bool) -> String {
    var output: [UInt8] = []
    append(url, .plain, inDynamic: inDynamic, to: &output)
    let filled = String(decoding: output, as: UTF8.self)
    guard LinkForm.isWeb(filled) else { return filled }
    let values = tags.map { ($0.name, text($0.value, .header)) }.filter { !$0.1.isEmpty }
    return LinkForm.adding(values, to: filled)
  }

  /// The owner's signature if the owner is the sender and has one, else the default (EML-330).
  private var signature: Template.Block {
    guard template.envelope.usesOwner ?? template.settings.isOwnerMailer,
      let signature = person.owner?.signature, !signature.isEmpty
    else { return template.signature }
    return Template.block(signature, url: "")
  }

  private func url(_ link: TemplateFragment.Link) -> String {
    switch link {
    case .unsubscribe: links.unsubscribe
    case .dnc: links.dnc
    case .resubscribe: links.resubscribe
    case .webview: links.webview
    }
  }

  /// Returns the value in the token's format, else its default (EML-202).
  private func value(
    of token: FieldToken, _ context: TokenContext, to output: inout [UInt8]
  ) {
    let stored = person.fields[token.alias] ?? ""
    guard !stored.isEmpty else { return put(token.fallback, context, to: &output) }
    switch token.format {
    case .plain: put(stored, context, to: &output)
    case .url: put(MessageLinks.encoded(stored), context, to: &output)
    case .date, .time, .datetime:
      let date = DateFormat.format(stored, as: token.format, settings: template.settings)
      put(date ?? stored, context, to: &output)
    }
  }

  /// Appends a value, once, without looking for tokens in it (EML-204).
  private func put(_ text: String, _ context: TokenContext, to output: inout [UInt8]) {
    switch context {
    case .html: HTMLText.escape(text.utf8, into: &output)
    case .plain: output.append(contentsOf: text.utf8)
    case .header: Self.clean(text.utf8, into: &output)
    }
  }

  /// Appends a value that is HTML.
  private func rich(_ html: String, _ context: TokenContext, to output: inout [UInt8]) {
    switch context {
    case .html: output.append(contentsOf: html.utf8)
    case .plain: output.append(contentsOf: PlainText.make(html).utf8)
    case .header: Self.clean(PlainText.make(html).utf8, into: &output)
    }
  }

  private static func clean(_ bytes: some Sequence<UInt8>, into output: inout [UInt8]) {
    for byte in bytes where byte >= 0x20 && byte != 0x7F { output.append(byte) }
  }
}

extension Sender {
  /// Returns the sender of a message.
  static func of(_ template: Template, _ person: RecipientProfile, _ links: MessageLinks) -> Sender
  {
    let settings = template.settings
    let system = Sender(name: settings.fromName, address: settings.fromAddress, replyTo: nil)
    // The name's own tokens are filled with the system's sender in its place.
    let filler = Renderer(template, person, links, system)
    func text(_ pieces: [TemplateFragment]?) -> String? {
      let text = pieces.map { filler.text($0, .header).trimmingCharacters(in: .whitespaces) }
      return text.flatMap { $0.isEmpty ? nil : $0 }
    }
    let isOwnerMailer = template.envelope.usesOwner ?? settings.isOwnerMailer
    let owner = person.owner.flatMap { isOwnerMailer && EmailAddress.isValid($0.email) ? $0 : nil }
    let ownAddress = text(template.fromAddress).flatMap { EmailAddress.isValid($0) ? $0 : nil }
    let replyTo = text(template.replyTo) ?? (settings.replyTo.isEmpty ? nil : settings.replyTo)
    var sender = Sender(
      name: text(template.fromName) ?? system.name, address: ownAddress ?? system.address,
      replyTo: replyTo)
    if let owner {
      sender.name = owner.fullName.isEmpty ? sender.name : owner.fullName
      sender.address = owner.email
    }
    if !settings.allows(sender.address) {
      sender.replyTo = sender.replyTo ?? sender.address
      sender.address = system.address
    }
    sender.address = EmailWire.address(sender.address) ?? sender.address
    sender.replyTo = sender.replyTo.flatMap(EmailWire.address)
    return sender
  }
}

extension Renderer {
  fileprivate init(
    _ template: Template, _ person: RecipientProfile, _ links: MessageLinks, _ sender: Sender
  ) {
    self.template = template
    self.person = person
    self.links = links
    self.sender = sender
  }
}

extension MailSettings {
  /// Whether an address may stand in From (EML-332).
  func allows(_ address: String) -> Bool {
    guard !verifiedDomains.isEmpty else { return true }
    let domain = address.split(separator: "@").last.map { $0.lowercased() } ?? ""
    return verifiedDomains.contains { $0.lowercased() == domain } || address == fromAddress
  }
}
