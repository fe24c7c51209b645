import Foundation
import Primitives

/// Composes the messages of sends.
struct MessageComposer {
  let site: MailSite
  let signer: LinkSigner
  let template: Template
  let now: Date

  /// Returns the message of a send, and the values inserted for its recipient.
  func compose(_ send: ClaimedSend, _ person: RecipientProfile) -> (
    OutgoingMessage, tokens: String?
  ) {
    let settings = template.settings
    let links = MessageLinks(
      site: site, signer: signer, hash: send.hash, contact: send.contact,
      address: person.address)
    let renderer = Renderer(template, for: person, links: links)
    let recipient = EmailWire.address(person.address) ?? person.address
    let name = SendHash.text(send.hash)
    var headers = renderer.headers
    if send.isMarketing {
      headers = Self.withUnsubscribing(headers, links, name: name, settings: settings)
    }
    if send.source.kind == "email",
      !headers.contains(where: { $0.name.lowercased() == "precedence" })
    {
      headers.append(("Precedence", "bulk"))
    }
    let message = MIMEMessage(
      sender: renderer.sender, recipient: (person.name, recipient),
      subject: renderer.subject, date: now, messageID: "\(name)@\(site.host)",
      headers: headers, html: renderer.html, plain: renderer.plain, boundary: "=_\(name)")
    let copies = template.bcc.compactMap {
      EmailWire.address(renderer.text($0, .header).trimmingBlanks())
    }
    let record = TokenRecord(person, fields: template.fields, usesOwner: template.usesOwner)
    return (
      OutgoingMessage(
        hash: send.hash, sender: Self.returnPath(settings, renderer.sender, name: name),
        recipient: recipient, copies: copies, content: message.bytes(),
        isRepeated: send.isRepeated), record.json
    )
  }

  /// Adds the headers by which mail programs unsubscribe (EML-302), beside the e-mail's own one.
  private static func withUnsubscribing(
    _ headers: [(name: String, value: String)], _ links: MessageLinks, name: String,
    settings: MailSettings
  ) -> [(name: String, value: String)] {
    var ways = ["<\(links.unsubscribe)>"]
    if !settings.unsubscribeMailbox.isEmpty {
      ways.append("<mailto:\(settings.unsubscribeMailbox)?subject=unsubscribe-\(name)>")
    }
    ways += headers.filter { $0.name.lowercased() == "list-unsubscribe" }.map(\.value)
    var headers = headers.filter {
      !["list-unsubscribe", "list-unsubscribe-post"].contains($0.name.lowercased())
    }
    headers.append(("List-Unsubscribe", ways.joined(separator: ", ")))
    headers.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    return headers
  }

  /// Returns the address for bounces: the hash behind the local part identifies the send (EML-420).
  private static func returnPath(
    _ settings: MailSettings, _ sender: Sender, name: String
  ) -> String {
    guard let at = settings.returnPath.lastIndex(of: "@") else { return sender.address }
    return "\(settings.returnPath[..<at])+\(name)\(settings.returnPath[at...])"
  }
}
