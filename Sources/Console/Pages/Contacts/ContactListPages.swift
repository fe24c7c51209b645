/// The list of contacts, their forms, and what is done with many of them.
enum ContactListPages {
  static var routes: [ConsoleRoute] {
    [
      .get("/contacts", needs: .on(.contacts, .view)) { try await ContactList(page: $0)() },
      .get("/contacts/new", needs: .on(.contacts, .create)) {
        try await ContactForm(kind: .new, page: $0).shown()
      },
      .post("/contacts/new", needs: .on(.contacts, .create)) {
        try await ContactForm(kind: .new, page: $0).save()
      },
      .get("/contacts/quick", needs: .on(.contacts, .create)) {
        try await ContactForm(kind: .quick, page: $0).shown()
      },
      .post("/contacts/quick", needs: .on(.contacts, .create)) {
        try await ContactForm(kind: .quick, page: $0).save()
      },
      .get("/contacts/{id}/edit", needs: .on(.contacts, .edit)) {
        try await ContactForm(kind: .edit, page: $0).shown()
      },
      .post("/contacts/{id}/edit", needs: .on(.contacts, .edit)) {
        try await ContactForm(kind: .edit, page: $0).save()
      },
      .get("/contacts/unique", needs: .on(.contacts, .view)) {
        try await ContactIdentity(page: $0).part()
      },
      .get("/contacts/{id}/delete", needs: .on(.contacts, .delete)) {
        try await ContactDeletion(page: $0).asked()
      },
      .post("/contacts/{id}/delete", needs: .on(.contacts, .delete)) {
        try await ContactDeletion(page: $0).delete()
      },
      .get("/contacts/export", needs: .on(.contacts, .view).and(.on(.exports, .enable))) {
        try await ContactExport(page: $0).form()
      },
      .post("/contacts/batch", needs: .on(.contacts, .view)) {
        try await ContactBatch(page: $0)()
      },
    ] + BulkProgress.routes
  }

  static var live: [LiveTopic] { [BulkProgress.live] }
}
