import API

/// Small parts of an e-mail's page.
enum EmailPanels {
  private static let testTemplate = Template(
    #"""
    <form method="post" action="/console/emails/{{id}}/test" class="stack tight"><input type="hidden" name="token" value="{{token}}">
    <div class="field"><label class="label" for="test-to">[[To]]</label><input class="input" id="test-to" name="to" value="{{to}}" inputmode="email" autocomplete="email" required aria-describedby="test-to-hint"><p class="hint" id="test-to-hint">[[At most ten addresses, with commas.]]</p></div>
    <div class="field"><label class="label" for="test-contact">[[As for the contact with the number]]<span class="optional">[[optional]]</span></label><input class="input short" id="test-contact" name="contact" inputmode="numeric" pattern="[0-9]*"></div>
    <div class="row"><button class="button">[icon:send][[Send the test]]</button></div><p class="hint">[[It is not counted, and unsubscribing in it does nothing.]]</p></form>
    """#)

  /// Sends a test; nothing for who may not edit.
  static func test(_ email: JSONValue, _ page: PageRequest) -> HTML {
    guard page.may(.edit, .emails) else { return .empty }
    let form = testTemplate(
      ["id": email["id"]?.text ?? "", "token": page.token, "to": page.user.email ?? ""],
      page.texts)
    return Panel(page.texts("Send a test"))(form, page)
  }

  private static let factsTemplate = Template(
    #"""
    <dl class="facts">{{#facts}}<div><dt>{{name}}</dt><dd>{{{valueHTML}}}</dd></div>{{/facts}}</dl>
    """#)

  /// What it is.
  static func facts(_ email: JSONValue, _ page: PageRequest) -> HTML {
    let texts = page.texts
    let isList = email["emailType"]?.text == "list"
    let lists = (email["lists"]?.elements ?? []).map {
      page.link($0["name"]?.text ?? "", to: "segments/\($0["id"]?.text ?? "")")
    }
    let separator = HTML(trusted: ", ")
    var segments = HTML.empty
    for (place, list) in lists.enumerated() {
      segments = segments + (place == 0 ? list : separator + list)
    }
    let facts: [(String, HTML)] = [
      (texts("Status"), page.published(email)),
      (
        texts("Kind"),
        HTML(escaping: isList ? texts("Segment e-mail") : texts("Template e-mail"))
      ),
      (texts("Segments"), segments), (texts("Language"), page.plain(email["language"]?.text)),
      (texts("Category"), page.plain(email["category"]?["title"]?.text)),
      (texts("Sender"), page.plain(email["fromAddress"]?.text ?? texts("As the settings say"))),
      (texts("Published from"), page.time(email["publishUp"])),
      (texts("Published until"), page.time(email["publishDown"])),
      (texts("Created"), page.time(email["dateAdded"])),
      (texts("Created by"), page.plain(email["createdByUser"]?.text)),
      (texts("Changed"), page.time(email["dateModified"])),
      (texts("Id"), page.plain(email["id"]?.text)),
    ]
    let shown = facts.filter { !$0.1.isEmpty }.map { name, value -> [String: Any] in
      ["name": name, "valueHTML": value]
    }
    return Panel(texts("About it"))(factsTemplate(["facts": shown], texts), page)
  }
}
