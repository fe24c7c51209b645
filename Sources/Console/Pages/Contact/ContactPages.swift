import API

/// The pages of one contact, but for the form of its fields.
enum ContactPages {
  static var routes: [ConsoleRoute] {
    let change = Requirement.on(.contacts, .edit)
    let path = "/contacts/{id}"
    return [
      .get(path, needs: .on(.contacts, .view)) { try await ContactPage.show($0) },
      .post(path + "/tags/add", needs: change) { try await ContactActions.addTag($0) },
      .post(path + "/tags/remove", needs: change) { try await ContactActions.removeTag($0) },
      .get(path + "/merge", needs: change) { try await MergePage.show($0) },
      .post(path + "/merge", needs: change) { try await MergePage.merge($0) },
      .get(path + "/send", needs: change.and(.on(.emails, .view))) { try await SendForm.show($0) },
      .post(path + "/send", needs: change.and(.on(.emails, .view))) { try await SendForm.send($0) },
      .post(path + "/write", needs: change.and(.on(.emails, .create))) {
        try await FreeEmail.send($0)
      },
      .get(path + "/events/{event}/reschedule", needs: change) {
        try await RescheduleForm.show($0)
      },
      .post(path + "/events/{event}/reschedule", needs: change) {
        try await RescheduleForm.save($0)
      },
      .post(path + "/events/{event}/cancel", needs: change) {
        try await RescheduleForm.cancelEvent($0)
      },
      .post(path + "/messages/{entry}/cancel", needs: change) {
        try await RescheduleForm.cancelMessage($0)
      },
    ] + notes + memberships + preferences
  }

  private static var notes: [ConsoleRoute] {
    let path = "/contacts/{id}/notes"
    let change = Requirement.on(.contacts, .edit)
    return [
      .post(path, needs: change) { try await NoteForms.add($0) },
      .get(path + "/{note}/edit", needs: change) { try await NoteForms.edit($0) },
      .post(path + "/{note}/edit", needs: change) { try await NoteForms.save($0) },
      .post(path + "/{note}/delete", needs: change) { try await NoteForms.delete($0) },
    ]
  }

  private static var memberships: [ConsoleRoute] {
    let path = "/contacts/{id}"
    let segments = Requirement.on(.segments, .view)
    let campaigns = Requirement.on(.campaigns, .view)
    return [
      .post(path + "/segments/{segment}", needs: .on(.contacts, .edit).and(segments)) {
        try await MembershipTab.change("segment", $0)
      },
      .get(path + "/segments/{segment}/why", needs: .on(.contacts, .view).and(segments)) {
        try await SegmentWhyPage.show($0)
      },
      .post(path + "/campaigns/{campaign}", needs: .on(.contacts, .edit).and(campaigns)) {
        try await MembershipTab.change("campaign", $0)
      },
      .get(path + "/campaigns/{campaign}/way", needs: .on(.contacts, .view).and(campaigns)) {
        try await CampaignWayPage.show($0)
      },
    ]
  }

  private static var preferences: [ConsoleRoute] {
    let path = "/contacts/{id}"
    let change = Requirement.on(.contacts, .edit)
    return [
      .post(path + "/dnc/{channel:text}/add", needs: change) { try await PreferencesTab.stop($0) },
      .post(path + "/dnc/{channel:text}/remove", needs: change) {
        try await PreferencesTab.allow($0)
      },
      .post(path + "/frequency/{channel:text}", needs: change) {
        try await PreferencesTab.limit($0)
      },
    ]
  }
}
