/// Who asks, and whether they may: authentication, RBAC and the Node authorizer, service account
/// tokens, and the review APIs over them.
@NullMarked
package io.kemudi.apiserver.auth;

import org.jspecify.annotations.NullMarked;
