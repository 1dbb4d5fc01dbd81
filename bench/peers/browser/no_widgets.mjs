// SPDX-License-Identifier: EUPL-1.2
// Enketo is measured without its widgets: the engine at its best.
export default [];
