/// The ApiClient over HTTP, for any Kubernetes API server; kubeconfig.
@NullMarked
package io.kemudi.client.rest;

import org.jspecify.annotations.NullMarked;
