import API

/// The panel that tells what a search for contacts can say (contacts.md 11).
struct ContactSearchHelp: Sendable {
  /// The fields of contacts, each of which is a command.
  let fields: [JSONValue]
  let page: PageRequest

  private struct Line {
    var code: String
    var meaning: String
  }

  private struct Part {
    var heading: String
    var lines: [Line]
  }

  private var parts: [Part] {
    let texts = page.texts
    return [
      Part(
        heading: texts("How words join"),
        lines: [
          Line(code: "ada berlin", meaning: texts("both words, anywhere in the main fields")),
          Line(code: "berlin or hamburg", meaning: texts("one of both; “and” binds tighter")),
          Line(code: "\"van der\"", meaning: texts("the whole phrase")),
          Line(code: "!berlin", meaning: texts("without the word")),
          Line(code: "+admin", meaning: texts("exactly, not as a part of a word")),
          Line(code: "email:*@example.org", meaning: texts("* stands for any characters")),
          Line(
            code: "(city:berlin or city:hamburg) stage:lead", meaning: texts("groups of terms")),
        ]),
      Part(
        heading: texts("Who they are"),
        lines: [
          Line(code: "is:anonymous", meaning: texts("visitors; !is:anonymous for the known")),
          Line(code: "is:mine", meaning: texts("owned by you")),
          Line(code: "is:unowned", meaning: texts("without an owner")),
          Line(code: "is:published", meaning: texts("published; also is:unpublished")),
          Line(code: "name:ada", meaning: texts("first or last name")),
          Line(code: "email:ada", meaning: texts("e-mail address")),
          Line(code: "company:lovelace", meaning: texts("name of a company")),
          Line(code: "company_id:4", meaning: texts("company by its number")),
          Line(code: "owner:grace", meaning: texts("name of the owner")),
          Line(code: "ip:203.0.113.", meaning: texts("IP address")),
          Line(code: "ids:1,2,3", meaning: texts("contacts by their numbers")),
        ]),
      Part(
        heading: texts("What they belong to"),
        lines: [
          Line(code: "segment:newsletter", meaning: texts("segment by its alias")),
          Line(code: "common:a+b", meaning: texts("in all of these segments")),
          Line(code: "tag:vip", meaning: texts("tag")),
          Line(code: "stage:lead", meaning: texts("stage")),
          Line(code: "campaign:7", meaning: texts("campaign by its number")),
          Line(code: "import_id:3", meaning: texts("touched by an import")),
          Line(code: "import_action:inserted", meaning: texts("made by an import; or updated")),
        ]),
      Part(
        heading: texts("What was sent and seen"),
        lines: [
          Line(code: "email_sent:5", meaning: texts("an e-mail by its number was sent")),
          Line(code: "email_read:5", meaning: texts("it was opened")),
          Line(code: "email_queued:5", meaning: texts("it waits in the queue")),
          Line(code: "email_pending:5", meaning: texts("it is still to be sent")),
          Line(code: "sms_sent:2", meaning: texts("a text message; also web_sent, mobile_sent")),
          Line(code: "page_id:8", meaning: texts("has seen a landing page")),
          Line(code: "page_source:email", meaning: texts("came to a page by; also page_source_id")),
          Line(code: "dnc:email", meaning: texts("may not be written to; also sms, any")),
        ]),
    ]
  }

  func html() -> HTML {
    Self.template(
      [
        "parts": parts.map { part -> [String: Any] in
          [
            "heading": part.heading,
            "lines": part.lines.map { ["code": $0.code, "meaning": $0.meaning] },
          ]
        },
        "aliases": fields.compactMap { $0["alias"]?.text },
      ], page.texts)
  }

  private static let template = Template(
    #"""
    <details class="menu end" name="menu"><summary class="button">[icon:help][[Syntax]]</summary><div class="menu-list"><div class="pad stack contact-help" id="search-help">{{#parts}}<div><h3>{{heading}}</h3><dl>{{#lines}}<div><dt><code>{{code}}</code></dt><dd>{{meaning}}</dd></div>{{/lines}}</dl></div>{{/parts}}<div><h3>[[Any field]]</h3><p><code>city:tokyo</code> [[from its beginning; these fields there are:]]</p><p class="muted">{{#aliases}}<code>{{.}}</code> {{/aliases}}</p></div></div></div></details>
    """#)
}
