import API

/// The sending of a segment e-mail: who would get it, how far it is, and what stops it.
struct EmailSendingPanel: Sendable {
  let page: PageRequest
  let email: JSONValue
  let stats: JSONValue
  let progress: JSONValue

  private var state: String { progress["state"]?.text ?? "idle" }

  func callAsFunction() -> HTML {
    let texts = page.texts
    let pending = stats["pending"]?.integer ?? 0
    let isPublished = email["isPublished"]?.truth == true
    let mayEdit = page.may(.edit, .emails)
    let (sent, failed, queued) = (figure("sent"), figure("failed"), figure("queued"))
    let lists = email["lists"]?.elements ?? []
    let content = Self.template(
      [
        "base": "/console/emails/\(email["id"]?.text ?? "")", "token": page.token,
        "state": state, "isSending": state == "sending", "isPaused": state == "paused",
        "isIdle": state == "idle", "mayEdit": mayEdit,
        "canSend": mayEdit && isPublished && pending > 0,
        "isUnpublished": !isPublished,
        "pending": texts.counting(
          pending, one: "1 contact would get it now.",
          many: "{count} contacts would get it now."),
        "sendText": texts.counting(
          pending, one: "Send to 1 contact", many: "Send to {count} contacts"),
        "confirm": texts.counting(
          pending, one: "Send the e-mail to 1 contact?",
          many: "Send the e-mail to {count} contacts?"),
        "total": sent + failed + queued + pending, "sentRaw": sent, "sent": number(sent),
        "failed": number(failed), "queued": number(queued),
        "held": figure("held") > 0 ? number(figure("held")) : "",
        "isAutomatic": isPublished && email["publishUp"]?.text != nil,
        "segments": lists.count > 1
          ? lists.map { ["id": $0["id"]?.text ?? "", "name": $0["name"]?.text ?? ""] } : [],
      ], texts)
    return Panel(texts("Sending"), actionsHTML: badge)(content, page)
  }

  private var badge: HTML {
    switch state {
    case "sending": page.badge(page.texts("Sending"), .ok)
    case "paused": page.badge(page.texts("Paused"), .warn)
    default: page.badge(page.texts("Nothing under way"))
    }
  }

  private func figure(_ name: String) -> Int { progress[name]?.integer ?? 0 }

  private func number(_ count: Int) -> String { page.formats.number(count) }

  private static let template = Template(
    #"""
    <div class="stack" data-live-state="{{state}}">
    {{^isIdle}}<div class="progress"><div class="progress-head"><span>[[Sent]] <strong class="num" data-figure="sent">{{sent}}</strong></span><span class="muted">[[waiting]] <span class="num" data-figure="queued">{{queued}}</span> · [[failed]] <span class="num" data-figure="failed">{{failed}}</span></span></div><progress max="{{total}}" value="{{sentRaw}}" data-figure="sent" aria-label="[[Sent]]"></progress></div>{{/isIdle}}
    <p>{{pending}}</p>
    {{#held}}<p class="muted">[[Held back by frequency rules:]] <span class="num" data-figure="held">{{held}}</span></p>{{/held}}
    {{#isAutomatic}}<p class="muted">[[It is sent by itself, also to those who join the segments later.]]</p>{{/isAutomatic}}
    {{#isUnpublished}}<p class="muted">[[It is not published, so nobody gets it.]]</p>{{/isUnpublished}}
    {{#canSend}}<form method="post" action="{{base}}/send" class="stack tight"><input type="hidden" name="token" value="{{token}}">
    <details class="unfold"><summary>[[Only some of them]]</summary><div class="fields"><div class="field"><label class="label" for="send-limit">[[At most]]</label><input class="input short" id="send-limit" name="limit" type="number" min="1" step="1"></div><div class="choices">{{#segments}}<label class="choice"><input type="checkbox" name="lists[]" value="{{id}}" checked> <span>{{name}}</span></label>{{/segments}}</div></div></details>
    <div class="row"><button class="button primary" data-confirm="{{confirm}}">[icon:send]{{sendText}}</button></div></form>{{/canSend}}
    {{#mayEdit}}{{#isSending}}<form method="post" action="{{base}}/pause"><input type="hidden" name="token" value="{{token}}"><button class="button">[icon:pause][[Pause]]</button><p class="hint">[[What was not handed over waits. The e-mail is not published while it is paused.]]</p></form>{{/isSending}}
    {{#isPaused}}<form method="post" action="{{base}}/resume"><input type="hidden" name="token" value="{{token}}"><button class="button primary">[icon:play][[Resume]]</button><p class="hint">[[It goes on where it stopped; nobody gets it twice.]]</p></form>{{/isPaused}}{{/mayEdit}}</div>
    """#)
}
